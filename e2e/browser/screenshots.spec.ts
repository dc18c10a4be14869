import type { Page } from "@playwright/test";
import { expect, phone, test } from "./fixtures.ts";

// Each page in light and dark, wide and as on a phone, in test-results/screenshots: to look at.
const pages = [
  ["members", "/w/acme"],
  ["roles", "/w/acme/roles"],
  ["teams", "/w/acme/teams"],
  ["invites", "/w/acme/invites"],
  ["plan", "/w/acme/plan"],
  ["inspector", "/w/acme/events"],
  ["settings", "/w/acme/settings"],
] as const;

for (const scheme of ["light", "dark"] as const) {
  test(`pages, ${scheme}`, async ({ openAs, stranger }) => {
    const shoot = async (page: Page, name: string) => {
      const { width, height } = page.viewportSize() ?? phone;
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: `test-results/screenshots/${name}-${scheme}.png` });
      await page.setViewportSize(phone);
      await page.screenshot({ path: `test-results/screenshots/${name}-${scheme}-phone.png` });
      if (name === "members") {
        await page.getByRole("button", { name: "Menu" }).click();
        await page.screenshot({ path: `test-results/screenshots/menu-${scheme}-phone.png` });
        await page.keyboard.press("Escape");
      }
      await page.setViewportSize({ width, height });
    };
    const signIn = await stranger();
    await signIn.goto("/sign-in");
    await expect(signIn.getByRole("button", { name: /Ada/ })).toBeVisible();
    await shoot(signIn, "sign-in");
    await signIn.goto("/catalog");
    await expect(signIn.getByRole("heading", { name: "Event catalog" })).toBeVisible();
    await shoot(signIn, "catalog");

    const ada = await openAs("Ada", "/w/acme/invites");
    const grace = await openAs("Grace");
    for (const email of ["hedy@acme.test", "katherine@acme.test"]) {
      await ada.getByLabel("E-mail").fill(email);
      await ada.getByRole("button", { name: "Invite", exact: true }).click();
      await expect(ada.getByRole("list", { name: "Open invites" }).getByText(email)).toBeVisible();
    }
    for (const [name, path] of pages) {
      await ada.goto(path);
      await expect(ada.getByRole("heading", { level: 1 })).toBeVisible();
      if (name === "inspector") {
        await grace.getByLabel("Role of Edsger Dijkstra").selectOption({ label: "Admin" });
        await grace.getByLabel("Role of Edsger Dijkstra").selectOption({ label: "Member" });
        await ada.getByRole("button", { name: "workspace.member.role_changed" }).first().click();
        await ada.waitForTimeout(6_000);
      }
      await ada.waitForTimeout(700);
      await shoot(ada, name);
    }
    await ada.goto("/side-by-side");
    await expect(ada.frameLocator("iframe").first().getByRole("heading", { name: "Members" })).toBeVisible();
    await expect(ada.frameLocator("iframe").last().getByRole("heading", { name: "Members" })).toBeVisible();
    await ada.waitForTimeout(500);
    await shoot(ada, "side-by-side");

    await ada.goto("/w/acme");
    await ada.getByRole("button", { name: "Remove Grace Hopper" }).click();
    await shoot(ada, "dialog");
    await ada.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await expect(grace.getByRole("heading", { name: "You are no longer a member of Acme" })).toBeVisible();
    await shoot(grace, "ended");
  });
}
