import { checkSnapshot, type WorkspaceSnapshotDTO } from "@orbit/catalog";

/** Reads the snapshot of the workspace. Throws `SnapshotRefused` when the server won't give it. */
export type FetchSnapshot = (request: SnapshotRequest) => Promise<WorkspaceSnapshotDTO>;

export interface SnapshotRequest {
  /** Where the node is: "https://app.example". */
  readonly url: string;
  /** The workspace's slug. */
  readonly workspace: string;
  /** Aborted when the answer isn't needed any more. */
  readonly signal: AbortSignal;
}

/** The server answered, and the answer was no. */
export class SnapshotRefused extends Error {
  override readonly name = "SnapshotRefused";
  readonly status: number;

  constructor(status: number) {
    super(`the snapshot was refused with ${status}`);
    this.status = status;
  }
}

/** The snapshot through `fetch`, with the session cookie. */
export const fetchSnapshot: FetchSnapshot = async ({ url, workspace, signal }) => {
  const response = await fetch(`${url}/v1/workspaces/${encodeURIComponent(workspace)}`, {
    credentials: "include",
    signal,
  });
  if (!response.ok) throw new SnapshotRefused(response.status);
  const snapshot = checkSnapshot(await response.json());
  if (typeof snapshot === "string") throw new Error(`the snapshot is malformed: ${snapshot}`);
  return snapshot;
};
