import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import { OrbitNode } from "./orbit_node.ts";

export { expect };

/** Opens the page as one of the demo's people, in a browser of their own. */
type OpenAs = (name: "Ada" | "Grace" | "Alan" | "Edsger" | "Margaret", path?: string, url?: string) => Promise<Page>;

/** A browser's window on a phone. */
export const phone = { width: 390, height: 780 };

interface Fixtures {
  readonly node: OrbitNode;
  /** A browser that nobody is signed in to. */
  readonly stranger: (url?: string) => Promise<Page>;
  readonly openAs: OpenAs;
  /** What no test may leave behind: errors in a console. A test that expects one says so here. */
  readonly expectedErrors: RegExp[];
}

const emails = {
  Ada: "ada@acme.test",
  Grace: "grace@acme.test",
  Alan: "alan@acme.test",
  Edsger: "edsger@acme.test",
  Margaret: "margaret@globex.test",
};

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names off the pattern
  node: async ({}, use) => {
    const node = await OrbitNode.start();
    await use(node);
    await node.dispose();
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above
  expectedErrors: async ({}, use) => {
    await use([]);
  },
  stranger: async ({ browser, node, expectedErrors }, use) => {
    const contexts: BrowserContext[] = [];
    const errors: string[] = [];
    await use(async (url = node.url) => {
      const context = await browser.newContext({ baseURL: url });
      contexts.push(context);
      context.on("console", (message) => message.type() === "error" && errors.push(message.text()));
      context.on("weberror", (error) => errors.push(String(error.error())));
      return context.newPage();
    });
    for (const context of contexts) await context.close();
    expect(errors.filter((error) => !expectedErrors.some((expected) => expected.test(error)))).toEqual([]);
  },
  openAs: async ({ stranger, node }, use) => {
    await use(async (name, path, url = node.url) => {
      const page = await stranger(url);
      const answer = await page.request.post("/v1/session", {
        data: { email: emails[name], password: "orbit-demo" },
        headers: { Origin: url },
      });
      expect(answer.status()).toBe(200);
      await page.goto(path ?? (name === "Margaret" ? "/w/globex" : "/w/acme"));
      await expect(page.getByRole("status", { name: "Connection: Live" }).first()).toBeVisible();
      return page;
    });
  },
});

/** The row of a member in the list. */
export const memberRow = (page: Page, name: string) => page.getByRole("listitem").filter({ hasText: name });
