import type { MemberId } from "@orbit/catalog";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render } from "@testing-library/react";
import { StrictMode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ids, member, presence, ScriptedServer, snapshot } from "../../client/src/testing/scripted_server.ts";
import { RealtimeProvider, useOnlineCount, useOnlineMembers, usePresence } from "./index.ts";

let server: ScriptedServer;
const queries = new QueryClient();

beforeEach(() => {
  vi.useFakeTimers();
  server = new ScriptedServer();
  server.answer = async () =>
    snapshot(10, { members: [snapshot(0).you, member(ids.grace, "Grace"), member(ids.alan, "Alan")] });
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const pause = () => act(() => vi.advanceTimersByTimeAsync(200));

function Status({ id }: { id: MemberId }) {
  return <li>{usePresence(id).status}</li>;
}

function Here() {
  const names = useOnlineMembers().map(({ name }) => name);
  return (
    <p>
      {names.join(",")} of {useOnlineCount()}
    </p>
  );
}

const page = (...shown: MemberId[]) => (
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RealtimeProvider {...server.options}>
        {shown.map((id) => (
          <Status key={id} id={id} />
        ))}
        <Here />
      </RealtimeProvider>
    </QueryClientProvider>
  </StrictMode>
);

async function goLive(roster: ReturnType<typeof presence>[]): Promise<void> {
  act(() => server.socket.hello(10, { presence: roster }));
  if (roster.length === 0) act(() => server.socket.say({ type: "presence.count", online: 1204 }));
  await pause();
}

const asked = () =>
  (server.socket.received as { type: string; memberIds?: MemberId[] }[])
    .filter(({ type }) => type === "presence.watch")
    .map(({ memberIds }) => memberIds);
const statuses = (container: HTMLElement) => [...container.querySelectorAll("li")].map((row) => row.textContent);
const here = (container: HTMLElement) => container.querySelector("p")?.textContent;

it("asks for nobody while the roster is told", async () => {
  const { container } = render(page(ids.ada, ids.grace));
  expect(statuses(container)).toEqual(["unknown", "unknown"]);
  await goLive([presence(ids.ada)]);
  expect(statuses(container)).toEqual(["online", "offline"]);
  expect(here(container)).toBe("Ada of 1");
  expect(asked()).toEqual([]);
});

it("asks a large workspace, once, for those who are shown, and shows what it is told", async () => {
  const { container } = render(page(ids.ada, ids.grace));
  await goLive([]);
  expect(asked()).toEqual([[ids.ada, ids.grace]]);
  expect(statuses(container)).toEqual(["unknown", "unknown"]);
  server.socket.say({ type: "presence.update", ...presence(ids.ada) });
  server.socket.say({ type: "presence.update", ...presence(ids.grace, "offline") });
  await pause();
  expect(statuses(container)).toEqual(["online", "offline"]);
  expect(here(container)).toBe("Ada of 1204");
});

it("asks anew when others are shown, and knows nothing any more of those who are not", async () => {
  const shown = render(page(ids.ada, ids.grace));
  await goLive([]);
  server.socket.say({ type: "presence.update", ...presence(ids.grace) });
  await pause();
  shown.rerender(page(ids.ada, ids.alan));
  await pause();
  expect(asked().slice(1)).toEqual([[ids.ada, ids.alan]]);
  expect(here(shown.container)).toBe(" of 1204");
  shown.rerender(page(ids.grace));
  await pause();
  expect(statuses(shown.container)).toEqual(["unknown"]);
});

it("goes on when a workspace grows too large for its roster", async () => {
  const { container } = render(page(ids.ada, ids.grace));
  await goLive([presence(ids.ada), presence(ids.alan)]);
  server.socket.say({ type: "presence.count", online: 501 });
  await pause();
  expect(asked()).toEqual([[ids.ada, ids.grace]]);
  expect(here(container)).toBe(" of 501");
  server.socket.say({ type: "presence.update", ...presence(ids.ada, "away") });
  await pause();
  expect(statuses(container)).toEqual(["away", "unknown"]);
});
