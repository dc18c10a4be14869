import type { Page } from "@playwright/test";
import { CuttableNetwork } from "./cuttable_network.ts";
import { expect, memberRow, test } from "./fixtures.ts";
import { OrbitNode } from "./orbit_node.ts";

const pill = (page: Page, state: string) => page.getByRole("status", { name: `Connection: ${state}` });

test("after a cut of the network a tab shows what it missed", async ({ openAs, expectedErrors }) => {
  expectedErrors.push(/ERR_INTERNET_DISCONNECTED/);
  const network = await CuttableNetwork.open();
  const node = await OrbitNode.start("--allow-origin", network.url);
  network.target = node.port;
  try {
    const ada = await openAs("Ada", "/w/acme", node.url);
    const grace = await openAs("Grace", "/w/acme", network.url);
    const row = grace.getByLabel("Role of Alan Turing").locator("option:checked");
    await expect(row).toHaveText("Member");

    // A browser keeps an open socket while it is told to be offline: the bytes are lost on the way.
    network.cut();
    await grace.context().setOffline(true);
    await expect(pill(grace, "Offline")).toBeVisible({ timeout: 20_000 });
    await ada.getByLabel("Role of Alan Turing").selectOption({ label: "Admin" });
    await expect(ada.getByText("alan@acme.test")).toBeVisible();
    await grace.waitForTimeout(500);
    await expect(row).toHaveText("Member");

    network.mend();
    await grace.context().setOffline(false);
    await expect(pill(grace, "Live")).toBeVisible();
    await expect(row).toHaveText("Admin");
    await grace.close();
    await ada.close();
  } finally {
    network.dispose();
    await node.dispose();
  }
});

test("the page tells which node serves it, where nodes have names", async ({ openAs }) => {
  const node = await OrbitNode.start("--node-name", "b");
  try {
    const ada = await openAs("Ada", "/w/acme", node.url);
    await expect(pill(ada, "Live, node b")).toHaveText("Liveb");
    await ada.close();
  } finally {
    await node.dispose();
  }
});

test("a node that is killed and started again finds its tabs again", async ({ node, openAs, expectedErrors }) => {
  expectedErrors.push(
    /ERR_CONNECTION_REFUSED/,
    /WebSocket connection .* failed/,
    /ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/,
  );
  const ada = await openAs("Ada");
  const grace = await openAs("Grace");
  await node.kill();
  await expect(pill(ada, "Offline")).toBeVisible();
  await expect(memberRow(ada, "Grace Hopper")).toBeVisible();
  await node.restart();
  await expect(pill(ada, "Live")).toBeVisible({ timeout: 20_000 });
  await expect(pill(grace, "Live")).toBeVisible({ timeout: 20_000 });
  await ada.getByLabel("Role of Edsger Dijkstra").selectOption({ label: "Admin" });
  await expect(grace.getByLabel("Role of Edsger Dijkstra").locator("option:checked")).toHaveText("Admin");
  await expect(memberRow(ada, "Grace Hopper")).toContainText("Online now");
});

test("signing out in one tab ends the others of that session", async ({ openAs }) => {
  const first = await openAs("Ada");
  const second = await first.context().newPage();
  await second.goto("/w/acme");
  await expect(pill(second, "Live")).toBeVisible();
  await first.getByRole("button", { name: "Sign out" }).click();
  await expect(first.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(second.getByRole("heading", { name: "You are signed out" })).toBeVisible();
});

test("a tab in the background for a minute is away, and back when it is seen", async ({ openAs }) => {
  const ada = await openAs("Ada");
  const grace = await openAs("Grace");
  await grace.clock.install();
  await grace.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await grace.clock.fastForward("01:01");
  await expect(memberRow(ada, "Grace Hopper")).toContainText("Away");
  await grace.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "visible" });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await expect(memberRow(ada, "Grace Hopper")).toContainText("Online now");
});
