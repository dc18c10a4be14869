import type { SignedInDTO, WorkspaceSnapshotDTO } from "@orbit/catalog";
import { checkSnapshot } from "@orbit/catalog";
import { type FetchSnapshot, SnapshotRefused } from "@orbit/client";
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { type Seat, seated } from "./seat.ts";

/** The node said no, in the words of RFC 9457. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: string;
  /** What is wrong, by field. */
  readonly fields: ReadonlyMap<string, string>;

  constructor(status: number, body: { code?: string; detail?: string; errors?: { field: string; message: string }[] }) {
    super(body.detail ?? `The node answered ${status}.`);
    this.status = status;
    this.code = body.code ?? "unknown";
    this.fields = new Map(body.errors?.map((error) => [error.field, error.message]));
  }
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One request to the node. Throws a Problem when it is refused. */
export async function api<Answer = void>(method: Method, path: string, body?: unknown, at?: Seat): Promise<Answer> {
  const response = await fetch(seated(`/v1${path}`, at), {
    method,
    ...(body !== undefined && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})));
  return response.status === 204 ? (undefined as Answer) : response.json();
}

export interface DemoAccount {
  readonly email: string;
  readonly name: string;
  readonly role: string;
  readonly workspace: string;
}

/** Everyone's, in a demo. */
export const demoPassword = "orbit-demo";

interface NodeConfig {
  readonly demo: boolean;
  readonly demoAccounts: readonly DemoAccount[];
  readonly signedIn: boolean;
}

export const configOptions = queryOptions({
  queryKey: ["config"],
  queryFn: () => api<NodeConfig>("GET", "/config"),
  staleTime: "static",
});

/** Who is signed in; null when nobody is. */
export const meOptions = queryOptions({
  queryKey: ["me"],
  // A 401 is an error in everyone's console: it is asked first whether there is anybody.
  queryFn: async () => {
    const { signedIn } = await api<NodeConfig>("GET", "/config");
    return signedIn ? api<SignedInDTO>("GET", "/me") : null;
  },
  staleTime: 60_000,
});

export async function signIn(queries: QueryClient, email: string, password: string): Promise<SignedInDTO> {
  const me = await api<SignedInDTO>("POST", "/session", { email, password });
  queries.clear();
  queries.setQueryData(meOptions.queryKey, me);
  return me;
}

export async function signOut(queries: QueryClient): Promise<void> {
  await api("DELETE", "/session");
  queries.clear();
  queries.setQueryData(meOptions.queryKey, null);
}

export const fetchSeatedSnapshot: FetchSnapshot = async ({ workspace, signal }) => {
  const response = await fetch(seated(`/v1/workspaces/${encodeURIComponent(workspace)}`), { signal });
  if (!response.ok) throw new SnapshotRefused(response.status);
  const snapshot: WorkspaceSnapshotDTO | string = checkSnapshot(await response.json());
  if (typeof snapshot === "string") throw new Error(snapshot);
  return snapshot;
};
