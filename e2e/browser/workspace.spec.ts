import { expect, memberRow, test } from "./fixtures.ts";

test("an invite is made, accepted by somebody new, and everybody sees them come", async ({ openAs, stranger }) => {
  const ada = await openAs("Ada", "/w/acme/invites");
  const grace = await openAs("Grace");
  await ada.getByLabel("E-mail").fill("hedy@acme.test");
  await ada.getByRole("button", { name: "Invite" }).click();
  await expect(ada.getByRole("list", { name: "Open invites" }).getByText("hedy@acme.test")).toBeVisible();
  const link = await ada.getByLabel("Link of the invite").inputValue();

  const hedy = await stranger();
  await hedy.goto(link);
  await hedy.getByLabel("Your name").fill("Hedy Lamarr");
  await hedy.getByLabel("Password").fill("a long password");
  await hedy.getByRole("button", { name: "Join" }).click();
  await expect(memberRow(hedy, "Hedy Lamarr")).toContainText("Online now");

  await expect(memberRow(grace, "Hedy Lamarr")).toContainText("Online now");
  await expect(ada.getByText("No invite is open.")).toBeVisible();
});

test("a role that is taken away takes its buttons away in the open tab", async ({ openAs }) => {
  const ada = await openAs("Ada");
  const grace = await openAs("Grace");
  await expect(grace.getByRole("button", { name: "Remove Alan Turing" })).toBeVisible();
  await expect(grace.getByRole("link", { name: "Invites" })).toBeVisible();

  await ada.getByLabel("Role of Grace Hopper").selectOption({ label: "Member" });
  await expect(grace.getByRole("button", { name: "Remove Alan Turing" })).toBeHidden();
  await expect(grace.getByRole("link", { name: "Invites" })).toBeHidden();
  await expect(memberRow(grace, "Grace Hopper").getByText("Member")).toBeVisible();

  await ada.getByLabel("Role of Grace Hopper").selectOption({ label: "Admin" });
  await expect(grace.getByRole("button", { name: "Remove Alan Turing" })).toBeVisible();
});

test("a change by somebody else lights up where it lands, and nothing moves", async ({ openAs }) => {
  const ada = await openAs("Ada");
  const grace = await openAs("Grace");
  const places = () =>
    grace.getByRole("listitem").evaluateAll((rows) => rows.map((row) => JSON.stringify(row.getBoundingClientRect())));
  // Rows whose role is lit at this moment.
  const lit = () =>
    grace
      .getByRole("listitem")
      .evaluateAll((rows) =>
        rows
          .filter((row) => row.getAnimations({ subtree: true }).length > 0)
          .map((row) => row.querySelector("strong")?.textContent.trim()),
      );
  expect(await lit()).toEqual([]);
  const before = await places();
  await ada.getByLabel("Role of Edsger Dijkstra").selectOption({ label: "Admin" });
  await expect(grace.getByLabel("Role of Edsger Dijkstra").locator("option:checked")).toHaveText("Admin");
  expect(await lit()).toEqual(["Edsger Dijkstra"]);
  expect(await places()).toEqual(before);
  await expect.poll(lit).toEqual([]);
});

test("a permission that is given to a role gives its holders what it allows", async ({ openAs }) => {
  const ada = await openAs("Ada", "/w/acme/roles");
  const alan = await openAs("Alan", "/w/acme/teams");
  await expect(alan.getByLabel("New team")).toBeHidden();
  await ada.getByRole("listitem", { name: "Member", exact: true }).getByLabel("Manage teams").check();
  await alan.getByLabel("New team").fill("Research");
  await alan.getByRole("button", { name: "Add team" }).click();
  await expect(alan.getByRole("listitem", { name: "Research" })).toBeVisible();
});

test("a role is made, held, and can't be deleted while it is", async ({ openAs }) => {
  const ada = await openAs("Ada", "/w/acme/roles");
  const members = await openAs("Grace");
  await ada.getByLabel("New role").fill("Support");
  await ada.getByRole("button", { name: "Add role" }).click();
  const support = ada.getByRole("listitem", { name: "Support" });
  await expect(support.getByRole("button", { name: "Delete Support" })).toBeEnabled();
  await members.getByLabel("Role of Edsger Dijkstra").selectOption({ label: "Support" });
  await expect(support.getByText("1 member")).toBeVisible();
  await expect(support.getByRole("button", { name: "Delete Support" })).toBeDisabled();
});

test("whoever is removed is told so in every open tab, and sees nothing more", async ({ openAs }) => {
  const ada = await openAs("Ada");
  const alan = await openAs("Alan");
  await ada.getByRole("button", { name: "Remove Alan Turing" }).click();
  await ada.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(alan.getByRole("heading", { name: "You are no longer a member of Acme" })).toBeVisible();
  await expect(alan.getByText("grace@acme.test")).toBeHidden();
  await expect(memberRow(ada, "Alan Turing")).toBeHidden();
  await alan.getByRole("link", { name: "To your workspaces" }).click();
  await expect(alan.getByRole("heading", { name: "Make a workspace" })).toBeVisible();
});

test("teams change before everybody's eyes", async ({ openAs }) => {
  const ada = await openAs("Ada", "/w/acme/teams");
  const alan = await openAs("Alan", "/w/acme/teams");
  await ada.getByLabel("Add somebody to Design").selectOption({ label: "Alan Turing" });
  await expect(alan.getByRole("list", { name: "Members of Design" })).toContainText("Alan Turing");
  await ada.getByRole("button", { name: "Rename Design" }).click();
  await ada.getByLabel("New name of Design").fill("Studio");
  await ada.getByRole("button", { name: "Save" }).click();
  await expect(alan.getByRole("listitem", { name: "Studio" })).toBeVisible();
  await ada.getByRole("button", { name: "Delete Studio" }).click();
  await ada.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(alan.getByRole("listitem", { name: "Studio" })).toBeHidden();
});

test("a plan change shows in every tab", async ({ openAs }) => {
  const ada = await openAs("Ada", "/w/acme/plan");
  const edsger = await openAs("Edsger", "/w/acme/plan");
  await ada.getByRole("button", { name: "Choose Business" }).click();
  await expect(edsger.getByRole("listitem", { name: "Business" }).getByText("Your plan")).toBeVisible();
  await ada.getByLabel("Seats", { exact: true }).fill("42");
  await ada.getByRole("button", { name: "Change seats" }).click();
  await expect(edsger.getByText("of 42 seats are taken")).toBeVisible();
  await expect(edsger.getByRole("button", { name: /Choose/ })).toBeHidden();
});

test("what the node refuses is said where it was asked", async ({ openAs, expectedErrors }) => {
  expectedErrors.push(/status of 4(09|22)/);
  const ada = await openAs("Ada", "/w/acme/teams");
  await ada.getByLabel("New team").fill("Engines");
  await ada.getByRole("button", { name: "Add team" }).click();
  await expect(ada.getByText(/already|taken|exists|team of this name/i)).toBeVisible();
});

test("people come and go, and a reload doesn't flicker", async ({ openAs }) => {
  const ada = await openAs("Ada");
  await expect(memberRow(ada, "Grace Hopper")).toContainText("Offline");
  const grace = await openAs("Grace");
  const row = memberRow(ada, "Grace Hopper");
  await expect(row).toContainText("Online now");

  await ada.evaluate(() => {
    const seen: string[] = [];
    Object.assign(window, { seenOfGrace: seen });
    const list = document.querySelector("[aria-label=Members]") as Element;
    new MutationObserver(() => {
      seen.push([...list.querySelectorAll("li")].find((one) => one.textContent?.includes("Grace"))?.textContent ?? "");
    }).observe(list, { subtree: true, childList: true, characterData: true });
  });
  await grace.reload();
  await expect(grace.getByRole("status", { name: "Connection: Live" })).toBeVisible();
  await ada.waitForTimeout(3_000);
  expect(await ada.evaluate(() => (window as never as { seenOfGrace: string[] }).seenOfGrace)).toEqual([]);

  await grace.close();
  await expect(row).toContainText(/Seen just now|Offline/);
});

test("two workspaces see nothing of each other", async ({ openAs }) => {
  const ada = await openAs("Ada");
  const margaret = await openAs("Margaret", "/w/globex/events");
  await ada.getByLabel("Role of Edsger Dijkstra").selectOption({ label: "Admin" });
  await expect(ada.getByLabel("Role of Edsger Dijkstra")).toHaveValue(/wsrole_/);
  await margaret.waitForTimeout(500);
  await expect(margaret.getByRole("button", { name: /workspace\.member/ })).toBeHidden();
});

test("side by side, what one does lands at the other", async ({ stranger }) => {
  const page = await stranger();
  await page.goto("/side-by-side");
  const left = page.frameLocator("iframe >> nth=0");
  const right = page.frameLocator("iframe >> nth=1");
  await left.getByLabel("Role of Alan Turing").selectOption({ label: "Admin" });
  await expect(right.getByLabel("Role of Alan Turing").locator("option:checked")).toHaveText("Admin");
  await page.getByRole("button", { name: "4 tabs" }).click();
  await expect(page.locator("iframe")).toHaveCount(4);
  await expect(page.frameLocator("iframe >> nth=3").getByText("4 online")).toBeAttached();
});

test("the inspector shows each event with its seq and how long it took", async ({ openAs }) => {
  const ada = await openAs("Ada", "/w/acme/events");
  const grace = await openAs("Grace", "/w/acme/settings");
  await grace.getByLabel("Your name").fill("Admiral Hopper");
  await grace.getByRole("button", { name: "Save" }).click();
  const event = ada.getByRole("row").filter({ has: ada.getByRole("button", { name: "workspace.member.updated" }) });
  await expect(event).toContainText(/\d+ ms/);
  await expect(event).toContainText("workspace:{id}");
  await event.getByRole("button").click();
  await expect(ada.locator("pre")).toContainText("Admiral Hopper");
  await expect(ada.getByText(/^\d+\.\d ms$/)).toBeVisible();

  const filter = ada.getByLabel("Filter by type or content");
  await filter.fill("presence");
  await expect(event).toBeHidden();
  await filter.fill("admiral");
  await expect(event).toBeVisible();
  await expect(ada.getByRole("button", { name: "hello" })).toBeHidden();
  await filter.fill("");

  await ada.getByRole("button", { name: "Pause" }).click();
  await grace.getByLabel("Your name").fill("Grace Hopper");
  await grace.getByRole("button", { name: "Save" }).click();
  await expect(ada.getByRole("button", { name: /Resume \([1-9]\d* new\)/ })).toBeVisible();
  await expect(event).toHaveCount(1);
  await ada.getByRole("button", { name: /Resume/ }).click();
  await expect(event).toHaveCount(2);
});
