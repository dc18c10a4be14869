import type { Page, Response } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { attack, type Command, commandsOf, ForeignSite } from "./foreign_page.ts";

let foreign: ForeignSite;
test.beforeAll(async () => {
  foreign = await ForeignSite.start();
});
test.afterAll(() => foreign.close());

/** What grace may read, word by word: of herself and of her workspace. */
async function state(page: Page, node: string): Promise<string> {
  const paths = ["/v1/me", "/v1/sessions", "/v1/workspaces", "/v1/workspaces/acme", "/v1/workspaces/acme/log"];
  const texts: string[] = [];
  for (const path of paths) {
    const answer = await page.request.get(node + path);
    expect(answer.status()).toBe(200);
    texts.push(await answer.text());
  }
  return texts.join("\n");
}

/** She may leave: a command that needs no body, and so nothing but the origin to be refused by. */
async function signInAsGrace(page: Page, node: string): Promise<void> {
  const data = { email: "grace@acme.test", password: "orbit-demo" };
  expect((await page.request.post(`${node}/v1/session`, { data, headers: { Origin: node } })).status()).toBe(200);
}

/** All commands, about what is in acme. */
async function commandsOnAcme(page: Page, node: string): Promise<Command[]> {
  const snapshot = await (await page.request.get(`${node}/v1/workspaces/acme`)).json();
  const alan = snapshot.members.find((member: { email: string }) => member.email === "alan@acme.test").id;
  const ids: Record<string, string> = { members: alan, teams: snapshot.teams[0].id, roles: snapshot.roles[2].id };
  const commands = await commandsOf(node, (pattern) => {
    const kind = pattern.match(/\/(\w+)\/\{id\}/)?.[1] ?? "";
    return pattern
      .replace("{slug}", "acme")
      .replace("{memberId}", alan)
      .replace("{id}", ids[kind] ?? "none");
  });
  expect(commands.length).toBeGreaterThan(20);
  return commands;
}

for (const host of ["127.0.0.1", "localhost"]) {
  for (const frame of ["", "sandboxed", "data"]) {
    const origin =
      frame === "" ? `a page of ${host} on another port` : `a frame without an origin (${frame}) of ${host}`;
    test(`${origin} changes, reads and hears nothing`, async ({ stranger, node, expectedErrors }) => {
      test.setTimeout(180_000);
      expectedErrors.push(/.*/); // of all that is refused
      const page = await stranger();
      await signInAsGrace(page, node.url);
      const commands = await commandsOnAcme(page, node.url);
      const before = await state(page, node.url);

      const answers: Response[] = [];
      page.on("response", (answer) => answer.url().startsWith(node.url) && answers.push(answer));
      await page.goto(foreign.url(host));
      const attackers = () => (frame === "" ? page.mainFrame() : page.frame({ name: frame }));
      await expect.poll(() => attackers() !== null).toBe(true);
      const attacker = attackers();
      if (attacker === null) throw new Error("the frame is missing");
      const attempts = await attacker.evaluate(attack, { node: node.url, commands });

      expect(await state(page, node.url)).toBe(before);
      expect(attempts).toEqual({ read: [], sockets: ["refused"] });
      const changing = answers.filter((answer) => !["GET", "OPTIONS"].includes(answer.request().method()));
      expect(changing.length).toBeGreaterThan(commands.length / 2);
      // Stripe's webhook is told by its signature, not by its origin.
      const foreignToAll = changing.filter((answer) => !answer.url().endsWith("/v1/billing/stripe"));
      expect([...new Set(foreignToAll.map((answer) => answer.status()))]).toEqual([403]);
      expect(changing.filter((answer) => answer.ok())).toEqual([]);
    });
  }
}

test("the same from the node's own page does what it says", async ({ stranger, node, expectedErrors }) => {
  expectedErrors.push(/.*/);
  const page = await stranger();
  await signInAsGrace(page, node.url);
  const commands = await commandsOnAcme(page, node.url);
  const create = commands.filter(({ method, path }) => method === "POST" && path === "/v1/workspaces/acme/teams");
  expect(create).toHaveLength(1);
  const before = await state(page, node.url);
  await page.goto(`${node.url}/catalog`);
  const attempts = await page.evaluate(attack, { node: node.url, commands: create });
  expect(attempts.sockets).toEqual(["open"]);
  expect(attempts.read).toContain("POST /v1/workspaces/acme/teams 201");
  expect(attempts.read).toContain("GET /v1/workspaces/acme 200");
  const after = await state(page, node.url);
  expect(after).not.toBe(before);
  expect(after).toContain('"name":"Foreign"');
});

test("following a link to a command does nothing", async ({ stranger, node, expectedErrors }) => {
  expectedErrors.push(/.*/);
  const page = await stranger();
  await signInAsGrace(page, node.url);
  const commands = await commandsOnAcme(page, node.url);
  const before = await state(page, node.url);
  for (const path of new Set(commands.map((command) => command.path))) {
    await page.goto(foreign.url("127.0.0.1"));
    await page.evaluate((url) => {
      location.href = url;
    }, node.url + path);
    await page.waitForURL(node.url + path);
  }
  expect(await state(page, node.url)).toBe(before);
});

test("the page can't be framed by others", async ({ stranger, node, expectedErrors }) => {
  expectedErrors.push(/.*/);
  const page = await stranger();
  await signInAsGrace(page, node.url);
  for (const path of ["/w/acme", "/v1/workspaces/acme"]) {
    await page.goto(foreign.url("127.0.0.1"));
    await page.evaluate(async (url) => {
      const frame = document.createElement("iframe");
      frame.name = "framed";
      document.body.append(frame);
      const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
      frame.src = url;
      await loaded;
    }, node.url + path);
    expect(page.frame({ name: "framed" })?.url()).toMatch(/^chrome-error:/);
  }
  await page.goto(`${node.url}/side-by-side`);
  await expect.poll(() => page.frames().length).toBeGreaterThan(1); // its own seats it may frame
});
