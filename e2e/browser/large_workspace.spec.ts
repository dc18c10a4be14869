import { expect, memberRow, test } from "./fixtures.ts";
import { OrbitNode } from "./orbit_node.ts";

// Large is what has more than two online.
test("a large workspace shows how many are online, and of those on screen who is", async ({ openAs }) => {
  const node = await OrbitNode.start("--presence-roster-limit", "2", "--presence-grace", "0s");
  try {
    const ada = await openAs("Ada", "/w/acme", node.url);
    const grace = await openAs("Grace", "/w/acme", node.url);
    await expect(ada.getByText("2 online", { exact: true })).toBeVisible();
    await expect(memberRow(ada, "Grace Hopper")).toContainText("Online now");

    const alan = await openAs("Alan", "/w/acme/roles", node.url);
    for (const page of [ada, grace, alan]) await expect(page.getByText("3 online", { exact: true })).toBeVisible();
    for (const name of ["Ada Lovelace", "Grace Hopper", "Alan Turing"]) {
      await expect(memberRow(ada, name)).toContainText("Online now");
    }
    await expect(memberRow(ada, "Edsger Dijkstra")).toContainText("Offline");

    const edsger = await openAs("Edsger", "/w/acme", node.url);
    await expect(ada.getByText("4 online", { exact: true })).toBeVisible();
    await expect(memberRow(ada, "Edsger Dijkstra")).toContainText("Online now");
    await alan.getByRole("link", { name: "Members" }).click();
    await expect(memberRow(alan, "Edsger Dijkstra")).toContainText("Online now");

    await edsger.close();
    for (const page of [ada, alan]) {
      await expect(page.getByText("3 online", { exact: true })).toBeVisible();
      await expect(memberRow(page, "Edsger Dijkstra")).toContainText("Seen");
    }

    // Two are left, and who comes anew gets the roster, which has no room for those who have gone.
    await grace.close();
    await expect(memberRow(ada, "Grace Hopper")).toContainText("Seen");
    await ada.reload();
    await expect(ada.getByText("2 online", { exact: true })).toBeVisible();
    await expect(memberRow(ada, "Alan Turing")).toContainText("Online now");
    await expect(memberRow(ada, "Grace Hopper")).toContainText("Offline");
    for (const page of [ada, alan]) await page.close();
  } finally {
    await node.dispose();
  }
});
