import { connect, fetchSnapshot, type RealtimeClient, SnapshotRefused } from "@orbit/client";
import { PresenceWatch } from "@orbit/client/presence";
import { openRoom, type Room } from "@orbit/client/rooms";
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

async function signIn(email: string, { url } = node) {
  const answer = await fetch(`${url}/v1/session`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Origin: url },
    body: JSON.stringify({ email, password: "orbit-demo" }),
  });
  expect(answer.status).toBe(200);
  return { Cookie: answer.headers.getSetCookie()[0]?.split(";")[0] ?? "", Origin: url };
}

function open(headers: Record<string, string>, workspace = "acme", { url } = node): RealtimeClient {
  const client = connect({
    url,
    workspace,
    openSocket: (address) => new WebSocket(address, { headers }),
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

const isIn = (room: Room, state: string) => vi.waitFor(() => expect(room.status.get().state).toBe(state));

it("meets others in a room, until it may not be there any more", async () => {
  const headers = await signIn("ada@acme.test");
  const clients = [
    open(headers),
    open(await signIn("grace@acme.test")),
    open(await signIn("edsger@acme.test")),
  ] as const;
  for (const client of clients) await becomes(client, "live");
  const [ada, grace, edsger] = clients.map((client) => client.stores.you.get());
  const created = await fetch(`${node.url}/v1/workspaces/acme/teams`, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify({ name: "Rooms" }),
  });
  const { id } = (await created.json()) as { id: string };
  const change = (method: string, member: unknown) =>
    fetch(`${node.url}/v1/workspaces/acme/teams/${id}/members/${member}`, { method, headers });
  await change("PUT", ada);
  await change("PUT", grace);

  const [first, second, third] = clients.map((client) => openRoom(client, id)) as [Room, Room, Room];
  await isIn(first, "joined");
  await isIn(second, "joined");
  await isIn(third, "refused");
  expect(third.status.get()).toEqual({ state: "refused", code: "room.forbidden" });
  await change("PUT", edsger);
  third.open();
  await isIn(third, "joined");

  const heard: unknown[] = [];
  second.onSignal(({ kind, payload }) => kind === "reaction" && heard.push(payload));
  for (let x = 0; x <= 100; x++) first.signal("cursor", { x });
  for (let n = 0; n < 10; n++) first.signal("reaction", n);
  await vi.waitFor(() => expect([...second.latest("cursor")]).toEqual([[ada, { x: 100 }]]));
  await vi.waitFor(() => expect(heard).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));

  await change("DELETE", ada);
  await isIn(first, "left");
  expect(first.peers.get().size).toBe(0);
  await vi.waitFor(() => expect(second.latest("cursor").size).toBe(0));
  expect([...second.peers.get().keys()]).toEqual([edsger]);
  third.close();
  await vi.waitFor(() => expect(second.peers.get().size).toBe(0));
});

it("moves a cursor for a while without being taken for a flood", async () => {
  const client = open(await signIn("grace@acme.test"));
  const room = openRoom(client, "workspace");
  await isIn(room, "joined");
  const statuses: string[] = [];
  client.status.subscribe(({ state }) => statuses.push(state));
  const end = Date.now() + 6_000;
  for (let x = 0; Date.now() < end; x++) {
    room.signal("cursor", { x });
    room.signal("typing", x % 2 === 0);
    room.signal("reaction", x);
    await new Promise((resolve) => setTimeout(resolve, 8));
  }
  await client.request({ type: "presence.back" });
  expect(statuses.filter((state) => state !== "live")).toEqual([]);
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

it("knows of a large workspace how many are online, and of those it watches who is", async () => {
  const large = await OrbitNode.start("--presence-grace", "0s", "--presence-roster-limit", "2");
  try {
    const [ada, grace, alan] = await Promise.all(
      ["ada@acme.test", "grace@acme.test", "alan@acme.test"].map(async (email) =>
        open(await signIn(email, large), "acme", large),
      ),
    );
    if (ada === undefined || grace === undefined || alan === undefined) throw new Error("somebody is missing");
    await vi.waitFor(() => expect([ada, grace, alan].map((one) => one.stores.onlineCount.get())).toEqual([3, 3, 3]));
    const graces = grace.stores.you.get();
    if (graces === null) throw new Error("grace doesn't know who she is");
    const watch = PresenceWatch.of(ada);
    watch.watch(graces);
    await vi.waitFor(() => expect(watch.watched.get().get(graces)?.status).toBe("online"));
    await grace.request({ type: "presence.away" });
    await vi.waitFor(() => expect(watch.watched.get().get(graces)?.status).toBe("away"));
    grace.close();
    await vi.waitFor(() => expect(watch.watched.get().get(graces)?.status).toBe("offline"));
    await vi.waitFor(() => expect(ada.stores.onlineCount.get()).toBe(2));
    expect([...watch.watched.get().keys()]).toEqual([graces]);
  } finally {
    await large.dispose();
  }
});
