import { expect, phone, test } from "./fixtures.ts";

test("no page is wider than a phone", async ({ openAs, stranger }) => {
  const nobody = await stranger();
  const ada = await openAs("Ada");
  for (const [page, path] of [
    [nobody, "/sign-in"],
    [nobody, "/catalog"],
    ...["", "/roles", "/teams", "/lobby", "/invites", "/plan", "/events", "/settings"].map(
      (one) => [ada, `/w/acme${one}`] as const,
    ),
    [ada, "/side-by-side"],
  ] as const) {
    await page.setViewportSize(phone);
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width, path).toBeLessThanOrEqual(phone.width);
  }
});

test("on a phone, the open section is in sight and the rest of the bar in a menu", async ({ openAs }) => {
  const ada = await openAs("Ada");
  await ada.setViewportSize(phone);
  await ada.getByRole("link", { name: "Settings" }).click();
  await expect(ada.getByRole("link", { name: "Settings" })).toBeInViewport({ ratio: 1 });
  await expect(ada.getByText("Acme", { exact: true }).first()).toBeInViewport({ ratio: 1 });

  await expect(ada.getByRole("button", { name: "Sign out" })).toBeHidden();
  await ada.getByRole("button", { name: "Menu" }).click();
  await expect(ada.getByRole("link", { name: "Event catalog" })).toBeVisible();
  await ada.keyboard.press("Escape");
  await expect(ada.getByRole("button", { name: "Sign out" })).toBeHidden();
  await ada.getByRole("button", { name: "Menu" }).click();
  await ada.getByRole("button", { name: "Sign out" }).click();
  await expect(ada.getByRole("heading", { name: "Sign in" })).toBeVisible();
});
