import type { Page } from "@playwright/test";
import { expect, phone, test } from "./fixtures.ts";

const board = (page: Page) => page.getByRole("application");
const people = (page: Page) => page.getByRole("list", { name: "In the room" });
const cursor = (page: Page, name: string) => board(page).locator(".cursor", { hasText: name });

/** Where a cursor points, from 0 to 1 across the board and down; what it is on its way to, not where it is drawn now. */
const place = (page: Page, name: string) =>
  cursor(page, name).evaluate((element) =>
    [...element.style.transform.matchAll(/([\d.]+)%/g)].map((match) => Math.round(Number(match[1])) / 100),
  );

async function moveTo(page: Page, x: number, y: number, steps = 1): Promise<void> {
  const box = await board(page).boundingBox();
  if (box === null) throw new Error("there is no board");
  await page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps });
}

async function goIn(page: Page, team: string): Promise<void> {
  await page.goto("/w/acme/teams");
  await page.getByRole("link", { name: `Room of ${team}` }).click();
  await expect(people(page)).toBeVisible();
}

test("two people see each other's cursor move", async ({ openAs }) => {
  const grace = await openAs("Grace");
  const alan = await openAs("Alan");
  await goIn(grace, "Engines");
  await expect(grace.getByText("only you")).toBeVisible();
  await goIn(alan, "Engines");
  await expect(people(grace)).toContainText("Alan Turing");
  await expect(people(alan)).toContainText("Grace Hopper");

  await moveTo(grace, 0.25, 0.5);
  await expect.poll(() => place(alan, "Grace")).toEqual([0.25, 0.5]);
  await moveTo(grace, 0.75, 0.25, 40);
  await expect.poll(() => place(alan, "Grace")).toEqual([0.75, 0.25]);
  await moveTo(alan, 0.1, 0.9);
  await expect.poll(() => place(grace, "Alan")).toEqual([0.1, 0.9]);
  await expect(cursor(alan, "Alan")).toHaveCount(0);

  await grace.mouse.move(5, 5);
  await expect(cursor(alan, "Grace")).toHaveCount(0);

  await board(grace).focus();
  await grace.keyboard.press("ArrowLeft");
  await expect(cursor(alan, "Grace")).toBeVisible();
  await grace.keyboard.press("Enter");
  await expect(board(alan).locator(".rising")).toHaveCount(1);

  await grace.getByRole("link", { name: "Back to the teams" }).click();
  await expect(people(alan)).not.toContainText("Grace Hopper");
  await expect(cursor(alan, "Grace")).toHaveCount(0);
});

test("whoever comes later sees what stands; typing shows, and ends", async ({ openAs }) => {
  const grace = await openAs("Grace");
  await goIn(grace, "Engines");
  await moveTo(grace, 0.5, 0.5);
  await grace.getByLabel("Note to the room").fill("Out for lunch");
  await grace.getByLabel("Note to the room").press("Enter");
  await moveTo(grace, 0.5, 0.5);
  const alan = await openAs("Alan");
  await goIn(alan, "Engines");
  await expect(people(alan)).toContainText("Out for lunch");
  await expect.poll(() => place(alan, "Grace")).toEqual([0.5, 0.5]);

  await grace.getByLabel("Note to the room").pressSequentially("Back");
  await expect(alan.getByText("Grace is typing")).toBeVisible();
  await expect(alan.getByText("Grace is typing")).toBeHidden();

  await alan.getByRole("button", { name: "React with a star" }).click();
  await expect(board(grace).locator(".rising")).toHaveCount(1);
  await expect(board(grace).locator(".rising")).toHaveCount(0);

  await grace.reload();
  await expect(people(grace)).toContainText("Alan Turing");
  await expect(people(alan)).toContainText("Grace Hopper");
});

test("whoever is not in the team stays outside, until they are", async ({ openAs }) => {
  const ada = await openAs("Ada", "/w/acme/teams");
  const grace = await openAs("Grace");
  await goIn(grace, "Engines");
  const edsger = await openAs("Edsger", "/w/acme/teams");
  await expect(edsger.getByRole("link", { name: "Room of Engines" })).toHaveCount(0);
  await edsger.goto(new URL(grace.url()).pathname);
  await expect(edsger.getByRole("alert")).toContainText("Only members of Engines can be in its room");
  await expect(people(grace)).not.toContainText("Edsger Dijkstra");

  await ada.getByLabel("Add somebody to Engines").selectOption({ label: "Edsger Dijkstra" });
  await expect(people(edsger)).toContainText("Grace Hopper");
  await expect(people(grace)).toContainText("Edsger Dijkstra");
});

test("whoever is taken out of the team finds the room empty at once", async ({ openAs }) => {
  const ada = await openAs("Ada", "/w/acme/teams");
  const grace = await openAs("Grace");
  const alan = await openAs("Alan");
  await goIn(grace, "Engines");
  await goIn(alan, "Engines");
  await moveTo(alan, 0.3, 0.3);
  await moveTo(grace, 0.6, 0.6);
  await expect(cursor(grace, "Alan")).toBeVisible();
  await expect(cursor(alan, "Grace")).toBeVisible();

  const engines = ada.getByRole("list", { name: "Members of Engines" });
  await engines.getByRole("button", { name: "Take Alan Turing out" }).click();
  await expect(alan.getByRole("alert")).toContainText("You are no longer in Engines");
  await expect(alan.locator(".cursor")).toHaveCount(0);
  await expect(people(alan)).toHaveCount(0);
  await expect(people(grace)).not.toContainText("Alan Turing");
  await expect(cursor(grace, "Alan")).toHaveCount(0);

  await ada.getByRole("button", { name: "Delete Engines" }).click();
  await ada.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(grace.getByRole("heading", { name: "This team is gone" })).toBeVisible();
});

test("a room comes back after the node was killed, with what stood in it", async ({ node, openAs, expectedErrors }) => {
  expectedErrors.push(/WebSocket connection to|ERR_CONNECTION_REFUSED/);
  const grace = await openAs("Grace", "/w/acme/lobby");
  const alan = await openAs("Alan", "/w/acme/lobby");
  await moveTo(grace, 0.5, 0.5);
  await expect.poll(() => place(alan, "Grace")).toEqual([0.5, 0.5]);
  await node.kill();
  await expect(alan.getByRole("status", { name: "Connection: Offline" })).toBeVisible();
  await moveTo(grace, 0.2, 0.2);
  await node.restart();
  await expect(alan.getByRole("status", { name: "Connection: Live" })).toBeVisible();
  await expect.poll(() => place(alan, "Grace")).toEqual([0.2, 0.2]);
  await expect(people(grace)).toContainText("Alan Turing");
});

test("cursors glide, unless motion is not wanted", async ({ openAs }) => {
  const grace = await openAs("Grace", "/w/acme/lobby");
  const alan = await openAs("Alan", "/w/acme/lobby");
  await moveTo(grace, 0.5, 0.5);
  const glide = () => cursor(alan, "Grace").evaluate((element) => getComputedStyle(element).transitionDuration);
  await expect.poll(glide).toBe("0.09s");
  await alan.emulateMedia({ reducedMotion: "reduce" });
  await expect.poll(glide).toBe("0s");
});

test("four tabs side by side see one point", async ({ stranger }) => {
  const page = await stranger();
  await page.goto("/side-by-side");
  await page.getByRole("button", { name: "4 tabs" }).click();
  await page.getByRole("button", { name: "Lobby" }).click();
  const tabs = [0, 1, 2, 3].map((n) => page.frameLocator(`iframe >> nth=${n}`));
  for (const tab of tabs) await expect(tab.getByText("4 here")).toBeVisible();
  await tabs[0]?.getByRole("application").hover();
  for (const tab of tabs.slice(1)) await expect(tab.locator(".cursor", { hasText: "Ada" })).toBeVisible();
});

test("a room fits a phone", async ({ openAs }) => {
  const grace = await openAs("Grace");
  await grace.setViewportSize(phone);
  await goIn(grace, "Engines");
  expect(await grace.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(phone.width);
  await expect(grace.getByRole("button", { name: "React with a heart" })).toBeInViewport();
});
