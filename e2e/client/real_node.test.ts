import { connect, fetchSnapshot, type RealtimeClient, SnapshotRefused } from "@orbit/client";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import WebSocket from "ws";
import { OrbitNode } from "../browser/orbit_node.ts";

// The client on Node.js against the real program, as a bot would use it.

let node: OrbitNode;
const clients: RealtimeClient[] = [];

beforeAll(async () => {
  node = await OrbitNode.start("--presence-grace", "0s");
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(() => node.dispose());

async function signIn(email: string) {
  const answer = await fetch(`${node.url}/v1/session`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Origin: node.url },
    body: JSON.stringify({ email, password: "orbit-demo" }),
  });
  expect(answer.status).toBe(200);
  return { Cookie: answer.headers.getSetCookie()[0]?.split(";")[0] ?? "", Origin: node.url };
}

function open(headers: Record<string, string>, workspace = "acme"): RealtimeClient {
  const client = connect({
    url: node.url,
    workspace,
    openSocket: (url) => new WebSocket(url, { headers }),
    fetchSnapshot: async (request) => {
      const answer = await fetch(`${request.url}/v1/workspaces/${request.workspace}`, { headers });
      if (!answer.ok) throw new SnapshotRefused(answer.status);
      return answer.json();
    },
  });
  clients.push(client);
  return client;
}

const becomes = (client: RealtimeClient, state: string) =>
  vi.waitFor(() => expect(client.status.get().state).toBe(state), { timeout: 10_000 });

it("shows the workspace, and follows what is done to it over HTTP", async () => {
  const headers = await signIn("ada@acme.test");
  const client = open(headers);
  await becomes(client, "live");
  expect([...client.stores.members.get().values()].map((member) => member.email)).toContain("edsger@acme.test");
  expect(client.can("workspace.delete")).toBe(true);

  const answer = await fetch(`${node.url}/v1/workspaces/acme/teams`, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify({ name: "Bots" }),
  });
  expect(answer.status).toBe(201);
  await vi.waitFor(() => expect([...client.stores.teams.get().values()].map((team) => team.name)).toContain("Bots"));
  expect(client.dropped).toEqual({ malformed: 0, unknown: 0 });
});

it("gets replies and refusals to what it asks", async () => {
  const client = open(await signIn("grace@acme.test"));
  await becomes(client, "live");
  await client.request({ type: "presence.away" });
  await vi.waitFor(() => {
    const you = client.stores.you.get();
    expect(you && client.stores.presence.get().get(you)?.status).toBe("away");
  });
  await expect(client.request({ type: "room.leave", room: "no-such-room" })).rejects.toMatchObject({
    name: "ClientEventError",
  });
});

it("comes back to a node that was killed, and shows what is there now", async () => {
  const client = open(await signIn("alan@acme.test"));
  await becomes(client, "live");
  await node.kill();
  await becomes(client, "offline");
  await node.restart();
  await becomes(client, "live");
  expect(client.stores.members.get().size).toBe(4);
});

it("ends where the session does, and where there is no membership", async () => {
  const headers = await signIn("edsger@acme.test");
  const client = open(headers);
  await becomes(client, "live");
  await fetch(`${node.url}/v1/session`, { method: "DELETE", headers });
  await becomes(client, "ended");
  expect(client.status.get()).toEqual({ state: "ended", reason: "session_ended" });

  const signedOut = open(headers);
  await becomes(signedOut, "ended");
  expect(signedOut.status.get()).toEqual({ state: "ended", reason: "session_ended" });

  const foreign = open(await signIn("margaret@globex.test"), "acme");
  await becomes(foreign, "ended");
  expect(foreign.status.get()).toEqual({ state: "ended", reason: "membership_ended" });
});

it("says with which status a snapshot was refused", async () => {
  await expect(
    fetchSnapshot({ url: node.url, workspace: "acme", signal: new AbortController().signal }),
  ).rejects.toMatchObject({ name: "SnapshotRefused", status: 401 });
});
