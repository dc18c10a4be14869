import type { MemberId, ServerEvent } from "@orbit/catalog";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render, screen } from "@testing-library/react";
import { type ReactNode, StrictMode, useState } from "react";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ids, ScriptedServer, snapshot } from "../../client/src/testing/scripted_server.ts";
import {
  RealtimeProvider,
  type Room,
  useLatest,
  usePeerLatest,
  useRoom,
  useRoomPeers,
  useRoomStatus,
  useSignal,
  useSignalListener,
} from "./index.ts";

let server: ScriptedServer;

beforeEach(() => {
  vi.useFakeTimers();
  server = new ScriptedServer();
  renders.clear();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const pause = () => act(() => vi.advanceTimersByTimeAsync(200));
const renders = new Map<string, number>();
const count = (name: string) => renders.set(name, (renders.get(name) ?? 0) + 1);

interface Sent {
  readonly type: string;
  readonly ref?: string;
  readonly payload?: unknown;
}
const sent = (type: string) => (server.socket.received as Sent[]).filter((message) => message.type === type);
const signal = (memberId: MemberId, kind: string, payload: unknown): ServerEvent => ({
  type: "room.signal",
  room: ids.engines,
  memberId,
  kind,
  payload,
});

function page(children: ReactNode) {
  return (
    <QueryClientProvider client={new QueryClient()}>
      <RealtimeProvider {...server.options}>{children}</RealtimeProvider>
    </QueryClientProvider>
  );
}

async function letIn(): Promise<void> {
  act(() => server.socket.say({ type: "room.joined", room: ids.engines, members: [ids.ada, ids.grace, ids.alan] }));
  await pause();
}

async function showJoined(children: ReactNode) {
  const shown = render(page(children));
  act(() => server.socket.hello(10));
  await pause();
  await letIn();
  renders.clear();
  return shown;
}

const names: Partial<Record<MemberId, string>> = { [ids.grace]: "Grace", [ids.alan]: "Alan" };

function Cursor({ room, id }: { room: Room; id: MemberId }) {
  const x = usePeerLatest(room, id, "cursor");
  count(`${names[id]}'s cursor`);
  return <p>{`${names[id]} at ${x ?? "nowhere"}`}</p>;
}

function Typing({ room }: { room: Room }) {
  const typing = useLatest(room, "typing");
  count("typing");
  return <p>{`typing: ${[...typing].filter(([, is]) => is).map(([id]) => names[id])}`}</p>;
}

function Board() {
  const room = useRoom(ids.engines);
  const peers = useRoomPeers(room);
  count("board");
  return (
    <>
      <Typing room={room} />
      {peers.map((id) => (
        <Cursor key={id} room={room} id={id} />
      ))}
    </>
  );
}

it("renders again exactly the cursor that moved", async () => {
  await showJoined(<Board />);
  server.socket.say(signal(ids.grace, "cursor", 7));
  await pause();
  expect(screen.getByText("Grace at 7")).toBeTruthy();
  expect(screen.getByText("Alan at nowhere")).toBeTruthy();
  expect(Object.fromEntries(renders)).toEqual({ "Grace's cursor": 1 });
});

it("renders once for all that arrives within a frame", async () => {
  await showJoined(<Board />);
  for (let x = 0; x < 50; x++) server.socket.say(signal(ids.grace, "cursor", x), signal(ids.alan, "cursor", -x));
  await pause();
  expect(screen.getByText("Alan at -49")).toBeTruthy();
  expect(Object.fromEntries(renders)).toEqual({ "Grace's cursor": 1, "Alan's cursor": 1 });
});

it("renders what shows a kind for that kind only", async () => {
  await showJoined(<Board />);
  server.socket.say(signal(ids.alan, "typing", true));
  await pause();
  expect(screen.getByText("typing: Alan")).toBeTruthy();
  expect(Object.fromEntries(renders)).toEqual({ typing: 1 });
  server.socket.say({ type: "room.presence", room: ids.engines, memberId: ids.alan, online: false });
  await pause();
  expect(screen.getByText("typing:")).toBeTruthy();
  expect(screen.queryByText("Alan at nowhere")).toBeNull();
});

it("signals from a function that stays the same, throttled", async () => {
  const functions = new Set<unknown>();
  function Field() {
    const [text, setText] = useState("");
    const tell = useSignal(useRoom(ids.engines), "typing");
    functions.add(tell);
    const type = () => {
      setText(`${text}x`);
      tell(`${text}x`);
    };
    return (
      <button type="button" onClick={type}>
        type
      </button>
    );
  }
  await showJoined(<Field />);
  for (let n = 0; n < 5; n++) act(() => screen.getByText("type").click());
  await pause();
  expect(sent("room.signal").map(({ payload }) => payload)).toEqual(["x", "xxxxx"]);
  expect(functions.size).toBe(1);
});

it("hears each reaction, with what the component knows by then", async () => {
  const heard: string[] = [];
  function Reactions({ prefix }: { prefix: string }) {
    const room = useRoom(ids.engines);
    useSignalListener(room, "reaction", ({ payload }) => heard.push(`${prefix}${payload}`));
    count("reactions");
    return null;
  }
  const shown = await showJoined(<Reactions prefix="a" />);
  server.socket.say(signal(ids.grace, "reaction", 1), signal(ids.grace, "reaction", 2), signal(ids.grace, "cursor", 3));
  shown.rerender(page(<Reactions prefix="b" />));
  server.socket.say(signal(ids.grace, "reaction", 4));
  expect(heard).toEqual(["a1", "a2", "b4"]);
});

it("says how it stands", async () => {
  function Status() {
    const status = useRoomStatus(useRoom(ids.engines));
    return <p>{status.state === "refused" ? status.code : status.state}</p>;
  }
  render(page(<Status />));
  expect(screen.getByText("joining")).toBeTruthy();
  act(() => server.socket.hello(10));
  await pause();
  const ref = sent("room.join")[0]?.ref ?? "";
  act(() => server.socket.say({ type: "error", ref, code: "room.forbidden", message: "no" }));
  await pause();
  expect(screen.getByText("room.forbidden")).toBeTruthy();
});

it("joins once for many components and in strict mode, and leaves with the last", async () => {
  const shown = render(<StrictMode>{page([<Board key="1" />, <Board key="2" />])}</StrictMode>);
  act(() => server.socket.hello(10));
  await pause();
  await letIn();
  expect(screen.getAllByText("Grace at nowhere").length).toBe(2);
  expect(sent("room.join").length).toBe(1);
  shown.rerender(<StrictMode>{page([<Board key="1" />])}</StrictMode>);
  await pause();
  expect(sent("room.leave").length).toBe(0);
  shown.rerender(<StrictMode>{page([])}</StrictMode>);
  await pause();
  expect(sent("room.leave").length).toBe(1);
});

it("goes from room to room with its id", async () => {
  function Door({ id }: { id: string }) {
    return <p>{useRoomStatus(useRoom(id)).state}</p>;
  }
  const shown = await showJoined(<Door id={ids.engines} />);
  expect(screen.getByText("joined")).toBeTruthy();
  shown.rerender(page(<Door id="workspace" />));
  await pause();
  expect(screen.getByText("joining")).toBeTruthy();
  expect(sent("room.join")).toMatchObject([{ room: ids.engines }, { room: "workspace" }]);
  expect(sent("room.leave")).toMatchObject([{ room: ids.engines }]);
});

it("shows nobody on a server, and opens nothing there", () => {
  server.answer = async () => snapshot(10);
  expect(renderToString(page(<Board />))).toContain("typing:");
  expect(server.sockets.length).toBe(0);
});
