import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type { AxeResults } from "axe-core";
import { expect, phone, test } from "./fixtures.ts";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function seriousFaults(page: Page): Promise<string[]> {
  // Evaluated, not added as a script: the page's Content-Security-Policy lets no foreign script in.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    (window as never as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}

for (const scheme of ["light", "dark"] as const) {
  test(`no page has a serious fault, ${scheme}`, async ({ openAs, stranger }) => {
    const nobody = await stranger();
    await nobody.emulateMedia({ colorScheme: scheme });
    for (const path of ["/sign-in", "/catalog", "/accept#token", "/no-such-page"]) {
      await nobody.goto(path);
      await nobody.getByRole("heading", { level: 1 }).waitFor();
      expect(await seriousFaults(nobody), path).toEqual([]);
    }
    const ada = await openAs("Ada");
    const grace = await openAs("Grace");
    await ada.emulateMedia({ colorScheme: scheme });
    for (const path of ["", "/roles", "/teams", "/lobby", "/invites", "/plan", "/events", "/settings"]) {
      await ada.goto(`/w/acme${path}`);
      await ada.getByRole("heading", { level: 1 }).waitFor();
      expect(await seriousFaults(ada), path).toEqual([]);
    }
    await grace.goto("/w/acme/lobby");
    await ada.goto("/w/acme/lobby");
    await ada.getByRole("application").hover();
    await ada.getByLabel("Note to the room").fill("Here");
    await ada.getByLabel("Note to the room").press("Enter");
    await ada.getByRole("application").hover();
    await grace.emulateMedia({ colorScheme: scheme });
    await grace.locator(".cursor", { hasText: "Here" }).waitFor();
    expect(await seriousFaults(grace), "room").toEqual([]);
    await ada.goto("/w/acme");
    await ada.getByRole("button", { name: "Remove Alan Turing" }).click();
    expect(await seriousFaults(ada), "dialog").toEqual([]);
    const alan = await openAs("Alan");
    await alan.emulateMedia({ colorScheme: scheme });
    await grace.goto("/w/acme/teams");
    await grace.getByRole("link", { name: "Room of Design" }).click();
    await grace.waitForURL("**/teams/team_*");
    const closed = new URL(grace.url()).pathname.replace("/w/acme", "");
    for (const path of ["", "/roles", "/teams", "/settings", closed]) {
      await alan.goto(`/w/acme${path}`);
      await alan.getByRole("heading", { level: 1 }).waitFor();
      expect(await seriousFaults(alan), `${path}, as a member`).toEqual([]);
    }
    await ada.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await alan.getByRole("heading", { name: "You are no longer a member of Acme" }).waitFor();
    expect(await seriousFaults(alan), "ended").toEqual([]);
    await alan.goto("/");
    await alan.getByRole("heading", { level: 1 }).waitFor();
    expect(await seriousFaults(alan), "no workspace").toEqual([]);
    await ada.goto("/side-by-side");
    await ada.frameLocator("iframe").last().getByRole("heading", { name: "Members" }).waitFor();
    expect(await seriousFaults(ada), "side by side").toEqual([]);
  });

  test(`nor has any on a phone, ${scheme}`, async ({ openAs }) => {
    const ada = await openAs("Ada");
    await ada.emulateMedia({ colorScheme: scheme });
    await ada.setViewportSize(phone);
    for (const path of ["", "/roles", "/teams", "/lobby", "/invites", "/plan", "/events", "/settings"]) {
      await ada.goto(`/w/acme${path}`);
      await ada.getByRole("heading", { level: 1 }).waitFor();
      expect(await seriousFaults(ada), path).toEqual([]);
    }
    await ada.getByRole("button", { name: "Menu" }).click();
    expect(await seriousFaults(ada), "menu").toEqual([]);
  });
}

test("a member can be removed with the keyboard alone", async ({ openAs }) => {
  const ada = await openAs("Ada");
  const remove = ada.getByRole("button", { name: "Remove Alan Turing" });
  const dialog = ada.getByRole("dialog");
  await remove.focus();
  for (const wayOut of ["Escape", "Enter"]) {
    await ada.keyboard.press("Enter");
    await expect(dialog).toBeVisible();
    if (wayOut === "Enter") await dialog.getByRole("button", { name: "Cancel" }).focus();
    await ada.keyboard.press(wayOut);
    await expect(dialog).toBeHidden();
    await expect(remove).toBeFocused();
  }
  await ada.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Remove" }).focus();
  await ada.keyboard.press("Enter");
  await expect(ada.getByText("alan@acme.test")).toBeHidden();
});
