import { expect, test } from "./fixtures.ts";

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
    const shoot = async (page: Awaited<ReturnType<typeof stranger>>, name: string) => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: `test-results/screenshots/${name}-${scheme}.png` });
      await page.setViewportSize({ width: 390, height: 780 });
      await page.screenshot({ path: `test-results/screenshots/${name}-${scheme}-phone.png` });
      await page.setViewportSize({ width: 1200, height: 820 });
    };
    const signIn = await stranger();
    await signIn.goto("/sign-in");
    await expect(signIn.getByRole("button", { name: /Ada/ })).toBeVisible();
    await shoot(signIn, "sign-in");
    await signIn.goto("/catalog");
    await expect(signIn.getByRole("heading", { name: "Events" })).toBeVisible();
    await shoot(signIn, "catalog");

    const ada = await openAs("Ada");
    await openAs("Grace");
    for (const [name, path] of pages) {
      await ada.goto(path);
      await expect(ada.getByRole("heading", { level: 1 })).toBeVisible();
      await ada.waitForTimeout(700);
      await shoot(ada, name);
    }
    await ada.goto("/side-by-side");
    await expect(ada.frameLocator("iframe").first().getByRole("heading", { name: "Members" })).toBeVisible();
    await expect(ada.frameLocator("iframe").last().getByRole("heading", { name: "Members" })).toBeVisible();
    await ada.waitForTimeout(500);
    await shoot(ada, "side-by-side");
  });
}
