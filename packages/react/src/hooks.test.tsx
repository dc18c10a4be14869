import type { MemberId } from "@orbit/catalog";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render, screen } from "@testing-library/react";
import { type ReactNode, StrictMode } from "react";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ids, member, presence, role, ScriptedServer, snapshot } from "../../client/src/testing/scripted_server.ts";
import {
  RealtimeProvider,
  useCan,
  useEventTap,
  useInvites,
  useMember,
  useMemberIds,
  useMembers,
  useNodeName,
  useOnlineCount,
  useOnlineMembers,
  usePresence,
  useRealtimeClient,
  useRealtimeStatus,
  useRole,
  useRoles,
  useSubscription,
  useTeam,
  useTeams,
  useWorkspace,
  useYou,
  workspaceSnapshotOptions,
} from "./index.ts";

let server: ScriptedServer;
let queries: QueryClient;

beforeEach(() => {
  vi.useFakeTimers();
  server = new ScriptedServer();
  queries = new QueryClient();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const pause = () => act(() => vi.advanceTimersByTimeAsync(200));

function page(children: ReactNode, workspace = "acme") {
  return (
    <QueryClientProvider client={queries}>
      <RealtimeProvider {...server.options} workspace={workspace}>
        {children}
      </RealtimeProvider>
    </QueryClientProvider>
  );
}

async function showLive(children: ReactNode) {
  const shown = render(page(children));
  act(() => server.socket.hello(10));
  await pause();
  return shown;
}

const renders = new Map<string, number>();
const count = (name: string) => renders.set(name, (renders.get(name) ?? 0) + 1);

function Row({ id }: { id: MemberId }) {
  const one = useMember(id);
  count(one?.name ?? "gone");
  return (
    <li>
      {one?.name} {one?.role.name}
    </li>
  );
}

function Roster() {
  const all = useMemberIds();
  count("roster");
  return (
    <ul>
      {all.map((id) => (
        <Row key={id} id={id} />
      ))}
    </ul>
  );
}

describe("rendering", () => {
  beforeEach(() => renders.clear());

  it("renders again exactly the row whose member got another role", async () => {
    await showLive(<Roster />);
    renders.clear();
    const owner = role(ids.owner, "Owner");
    server.socket.say({ type: "workspace.member.role_changed", seq: 11, member: member(ids.grace, "Grace", owner) });
    await pause();
    expect(screen.getByText("Grace Owner")).toBeTruthy();
    expect(Object.fromEntries(renders)).toEqual({ Grace: 1 });
  });

  it("renders again exactly the rows of those who hold a role that was renamed", async () => {
    server.answer = async () =>
      snapshot(10, { members: [snapshot(0).you, member(ids.grace, "Grace"), member(ids.alan, "Alan")] });
    await showLive(<Roster />);
    renders.clear();
    server.socket.say({ type: "workspace.role.updated", seq: 11, role: role(ids.member, "Builder") });
    await pause();
    expect(Object.fromEntries(renders)).toEqual({ Grace: 1, Alan: 1 });
  });

  it("renders again the list, and nothing in it, when somebody joins", async () => {
    await showLive(<Roster />);
    renders.clear();
    server.socket.say({ type: "workspace.member.joined", seq: 11, member: member(ids.alan, "Alan") });
    await pause();
    // The new row renders once; the old ones as children of their list, as React does without memo.
    expect(renders.get("roster")).toBe(1);
    expect(renders.get("Alan")).toBe(1);
  });

  it("renders nothing for what doesn't concern it", async () => {
    await showLive(<Roster />);
    renders.clear();
    server.socket.say({ type: "presence.update", ...presence(ids.grace) });
    server.socket.say({ type: "subscription.updated", seq: 11, subscription: snapshot(0).subscription });
    server.socket.say({ type: "workspace.member.updated", seq: 12, member: member(ids.grace, "Grace") });
    await pause();
    expect(renders.size).toBe(0);
  });

  it("renders once for a burst", async () => {
    await showLive(<Roster />);
    renders.clear();
    for (let seq = 11; seq < 61; seq++) {
      server.socket.say({ type: "workspace.member.updated", seq, member: member(ids.grace, `Grace ${seq}`) });
    }
    await pause();
    expect(Object.fromEntries(renders)).toEqual({ "Grace 60": 1 });
  });
});

describe("hooks", () => {
  function Everything() {
    const told: string[] = [];
    useEventTap((event) => told.push(event.type));
    return (
      <dl>
        <dd>workspace {useWorkspace()?.name}</dd>
        <dd>you {useYou()?.name}</dd>
        <dd>
          members{" "}
          {useMembers()
            .map((one) => one.name)
            .join(",")}
        </dd>
        <dd>
          roles{" "}
          {useRoles()
            .map((one) => one.name)
            .join(",")}
        </dd>
        <dd>
          teams{" "}
          {useTeams()
            .map((one) => one.name)
            .join(",")}
        </dd>
        <dd>
          one of each {useRole(ids.owner)?.name},{useTeam(ids.engines)?.name}
        </dd>
        <dd>invites {useInvites().length}</dd>
        <dd>plan {useSubscription()?.plan}</dd>
        <dd>grace {usePresence(ids.grace).status}</dd>
        <dd>
          online{" "}
          {useOnlineMembers()
            .map((one) => one.name)
            .join(",")}
        </dd>
        <dd>count {useOnlineCount()}</dd>
        <dd>status {useRealtimeStatus().state}</dd>
        <dd>may manage teams {String(useCan("teams.manage"))}</dd>
      </dl>
    );
  }

  it("show the workspace, and follow it", async () => {
    const { container } = await showLive(<Everything />);
    const lines = () => [...container.querySelectorAll("dd")].map((line) => line.textContent);
    expect(lines()).toEqual([
      "workspace Acme",
      "you Ada",
      "members Ada,Grace",
      "roles Owner,Member",
      "teams Engines",
      "one of each Owner,Engines",
      "invites 0",
      "plan free",
      "grace offline",
      "online Ada",
      "count 1",
      "status live",
      "may manage teams true",
    ]);
    server.socket.say({ type: "presence.update", ...presence(ids.grace, "away") });
    server.socket.say({ type: "workspace.role.updated", seq: 11, role: role(ids.owner, "Boss", { permissions: [] }) });
    server.socket.say({ type: "team.deleted", seq: 12, teamId: ids.engines });
    await pause();
    expect(lines()).toEqual(
      expect.arrayContaining([
        "grace away",
        "online Ada,Grace",
        "count 2",
        "roles Boss,Member",
        "teams ",
        "one of each Boss,",
      ]),
    );
    expect(lines()).toContain("may manage teams false");
  });

  it("say what is missing outside a provider", () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    expect(() => render(<Row id={ids.ada} />)).toThrow("no <RealtimeProvider> around");
    log.mockRestore();
  });
});

describe("RealtimeProvider", () => {
  it("opens one connection in strict mode, and closes it when it goes", async () => {
    const { unmount } = render(<StrictMode>{page(<Roster />)}</StrictMode>);
    const open = () => server.sockets.filter((socket) => socket.closedWith === undefined);
    expect(open().length).toBe(1);
    act(() => server.socket.hello(10));
    await pause();
    expect(screen.getByText("Ada Owner")).toBeTruthy();
    unmount();
    expect(open().length).toBe(0);
  });

  it("opens another workspace when the slug changes", () => {
    const shown = render(page(<Roster />));
    shown.rerender(page(<Roster />, "globex"));
    expect(server.sockets.map((socket) => socket.url.searchParams.get("workspace"))).toEqual(["acme", "globex"]);
    expect(server.sockets.map((socket) => socket.closedWith)).toEqual([1000, undefined]);
  });

  it("hydrates through the QueryClient, and leaves the snapshot there", async () => {
    await showLive(<Roster />);
    const { queryKey } = workspaceSnapshotOptions({ url: "http://127.0.0.1:8080", workspace: "acme" });
    expect(queries.getQueryData(queryKey)?.seq).toBe(10);
  });

  it("shows a prefetched snapshot in the first render, and goes on from it", () => {
    const { queryKey } = workspaceSnapshotOptions({ url: "http://127.0.0.1:8080", workspace: "acme" });
    queries.setQueryData(queryKey, snapshot(7));
    render(page(<Roster />));
    expect(screen.getByText("Grace Member")).toBeTruthy();
    expect(server.socket.url.searchParams.get("after")).toBe("7");
    expect(server.snapshotRequests.length).toBe(0);
  });

  it("renders on a server without opening anything", () => {
    const { queryKey } = workspaceSnapshotOptions({ url: "http://127.0.0.1:8080", workspace: "acme" });
    queries.setQueryData(queryKey, snapshot(7));
    expect(renderToString(page(<Roster />))).toContain("Grace");
    expect(server.sockets.length).toBe(0);
  });

  it("takes over what a server has rendered, without rendering it anew", async () => {
    const { queryKey } = workspaceSnapshotOptions({ url: "http://127.0.0.1:8080", workspace: "acme" });
    queries.setQueryData(queryKey, snapshot(7));
    const container = document.body.appendChild(document.createElement("div"));
    container.innerHTML = renderToString(page(<Roster />));
    const rows = [...container.querySelectorAll("li")];
    expect(rows.length).toBe(2);
    const errors = vi.spyOn(console, "error");
    render(page(<Roster />), { container, hydrate: true });
    server.socket.say({ type: "workspace.member.updated", seq: 8, member: member(ids.grace, "Hopper") });
    await pause();
    expect(screen.getByText("Hopper Member")).toBe(rows[1]);
    expect(errors).not.toHaveBeenCalled();
  });

  it("says which node serves the tab, to components that come later too", async () => {
    const Serving = () => <p>served by {useNodeName() ?? "a nameless one"}</p>;
    const WhileLive = () => (useRealtimeStatus().state === "live" ? <Serving /> : null);
    render(page(<WhileLive />));
    act(() => server.socket.hello(10, { node: "a" }));
    await pause();
    expect(screen.getByText("served by a")).toBeTruthy();
    act(() => server.socket.hangUp(1012));
    await act(() => vi.advanceTimersByTimeAsync(300));
    act(() => server.socket.hello(10));
    act(() => server.socket.pong(10));
    expect(screen.getByText("served by a nameless one")).toBeTruthy();
  });

  it("hands out its client", async () => {
    function Ending() {
      const client = useRealtimeClient();
      const status = useRealtimeStatus();
      return <p>{status.state === "ended" ? status.reason : `${status.state} ${client.workspace}`}</p>;
    }
    await showLive(<Ending />);
    expect(screen.getByText("live acme")).toBeTruthy();
    act(() => server.socket.hangUp(4403));
    expect(screen.getByText("membership_ended")).toBeTruthy();
  });
});
