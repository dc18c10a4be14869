// @vitest-environment node
import { dehydrate, hydrate, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderToString } from "react-dom/server";
import { expect, it, vi } from "vitest";
import { ids, ScriptedServer, snapshot } from "../../client/src/testing/scripted_server.ts";
import {
  RealtimeProvider,
  useCan,
  useInvites,
  useMembers,
  useOnlineCount,
  usePresence,
  useRealtimeStatus,
  useSubscription,
  useWorkspace,
  workspaceSnapshotOptions,
} from "./index.ts";

const request = { url: "http://127.0.0.1:8080", workspace: "acme" };

// As on a server: there is no window, no document, no WebSocket and no requestAnimationFrame here.

function Page() {
  const names = useMembers().map((member) => member.name);
  return (
    <main>
      {useWorkspace()?.name ?? "unknown"}: {names.join(",")}; {useInvites().length} invites; {useOnlineCount()} online;{" "}
      {usePresence(ids.ada).status}; {useSubscription()?.plan ?? "no"} plan; {String(useCan("teams.manage"))};{" "}
      {useRealtimeStatus().state}
    </main>
  );
}

function render(queries: QueryClient, server: ScriptedServer): string {
  const html = renderToString(
    <QueryClientProvider client={queries}>
      <RealtimeProvider {...server.options}>
        <Page />
      </RealtimeProvider>
    </QueryClientProvider>,
  );
  return html.replaceAll("<!-- -->", "");
}

it("shows the snapshot that was fetched, and opens nothing", async () => {
  expect(typeof window).toBe("undefined");
  const timers = vi.spyOn(globalThis, "setTimeout");
  const server = new ScriptedServer();
  const fetched = new QueryClient();
  await fetched.fetchQuery(workspaceSnapshotOptions(request, async () => snapshot(7)));
  timers.mockClear();

  const html = "<main>Acme: Ada,Grace; 0 invites; 1 online; online; free plan; true; connecting</main>";
  expect(render(fetched, server)).toBe(html);

  // As in the browser: the state of the queries came along with the page, and the first render is the same.
  const arrived = new QueryClient();
  hydrate(arrived, JSON.parse(JSON.stringify(dehydrate(fetched))));
  expect(render(arrived, server)).toBe(html);

  expect(server.sockets).toEqual([]);
  expect(server.snapshotRequests).toEqual([]);
  expect(timers).not.toHaveBeenCalled();
});

it("shows that nothing is known yet where nothing was fetched", () => {
  const server = new ScriptedServer();
  expect(render(new QueryClient(), server)).toBe(
    "<main>unknown: ; 0 invites; 0 online; unknown; no plan; false; connecting</main>",
  );
  expect(server.sockets).toEqual([]);
  expect(server.snapshotRequests).toEqual([]);
});
