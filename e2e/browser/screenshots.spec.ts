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

    await ada.getByRole("button", { name: "4 tabs" }).click();
    await ada.getByRole("button", { name: "Lobby" }).click();
    const tabs = [0, 1, 2, 3].map((n) => ada.frameLocator(`iframe >> nth=${n}`));
    for (const [n, tab] of tabs.entries()) {
      await expect(tab.getByText("4 here")).toBeVisible();
      await tab.getByRole("application").dispatchEvent("pointermove", { clientX: 60 + n * 110, clientY: 200 + n * 18 });
    }
    await tabs[1]?.getByLabel("Note to the room").fill("Back in a moment");
    await tabs[1]?.getByLabel("Note to the room").press("Enter");
    await tabs[3]?.getByLabel("Note to the room").pressSequentially("On it");
    await expect(tabs[0]?.locator(".cursor") ?? ada.locator(".cursor")).toHaveCount(3);
    await shoot(ada, "room-side-by-side");

    await grace.goto("/w/acme/teams");
    await grace.getByRole("link", { name: "Room of Engines" }).click();
    const alan = await openAs("Alan", "/w/acme/teams");
    await alan.getByRole("link", { name: "Room of Engines" }).click();
    await alan.getByRole("application").hover();
    await alan.getByLabel("Note to the room").fill("Reviewing the intake");
    await alan.getByLabel("Note to the room").press("Enter");
    await alan.getByRole("application").click();
    await expect(grace.locator(".cursor")).toBeVisible();
    await shoot(grace, "room");

    await ada.goto("/w/acme");
    await ada.getByRole("button", { name: "Remove Grace Hopper" }).click();
    await shoot(ada, "dialog");
    await ada.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await expect(grace.getByRole("heading", { name: "You are no longer a member of Acme" })).toBeVisible();
    await shoot(grace, "ended");
  });
}
