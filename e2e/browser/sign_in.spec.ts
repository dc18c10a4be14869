import { expect, test } from "./fixtures.ts";
import { OrbitNode } from "./orbit_node.ts";

test("a person of the demo is one click away", async ({ stranger }) => {
  const page = await stranger();
  await page.goto("/");
  await page.getByRole("button", { name: "Margaret Hamilton" }).click();
  await expect(page.getByRole("heading", { name: "Members" })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe("/w/globex");
});

test("whoever is asked to sign in comes back to where they were going", async ({ stranger, expectedErrors }) => {
  expectedErrors.push(/status of 401/);
  const page = await stranger();
  await page.goto("/w/acme/teams");
  await page.getByLabel("E-mail").fill("grace@acme.test");
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText(/password/i);
  await page.getByLabel("Password").fill("orbit-demo");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Teams" })).toBeVisible();
});

test("without demo data there is nobody to be and nothing side by side", async ({ stranger }) => {
  const node = await OrbitNode.startWithoutDemo();
  try {
    const page = await stranger(node.url);
    await page.goto("/sign-in");
    await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
    await expect(page.getByRole("region", { name: "People of the demo" })).toBeHidden();
    await page.goto("/side-by-side");
    await expect(page.getByText("This page needs a node that runs with demo data.")).toBeVisible();
    await expect(page.getByRole("link", { name: "Side by side" })).toBeHidden();
    await page.close();
  } finally {
    await node.dispose();
  }
});

test("the theme that was chosen is there after a reload", async ({ stranger }) => {
  const page = await stranger();
  await page.goto("/catalog");
  await page.getByRole("button", { name: "Theme: system. Change to light" }).click();
  await page.getByRole("button", { name: "Theme: light. Change to dark" }).click();
  await page.reload();
  await expect(page.getByRole("button", { name: /^Theme: dark/ })).toBeVisible();
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe("dark");
});
