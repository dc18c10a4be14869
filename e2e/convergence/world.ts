import type { Api } from "./api.ts";
import type { Cluster } from "./cluster.ts";
import { chooseCommand, type View } from "./commands.ts";
import type { LogCopy } from "./event_log.ts";
import type { Person } from "./person.ts";
import type { Prng } from "./prng.ts";
import { Tab } from "./tab.ts";
import { becomes, sleep } from "./wait.ts";

/** Commands that may be on their way before the log is copied: less than any node under test keeps of it. */
const commandsBetweenCopies = 20;

/** The nodes under test, the people, and their tabs. */
export class World {
  readonly cluster: Cluster;
  readonly log: LogCopy;
  readonly api: Api;
  readonly people: Person[] = [];
  /** Slugs of the workspaces there are. */
  readonly slugs: string[] = ["acme", "globex"];
  readonly #usedSlugs = new Set<string>();
  readonly #tokens = new Map<string, string[]>();
  tabs: Tab[] = [];
  #sinceCopy = 0;
  #serial = 0;

  constructor(parts: { cluster: Cluster; log: LogCopy; api: Api }) {
    this.cluster = parts.cluster;
    this.log = parts.log;
    this.api = parts.api;
  }

  get livingTabs(): Tab[] {
    return this.tabs.filter((tab) => tab.isAlive);
  }

  serial(): number {
    return ++this.#serial;
  }

  /** Copies what is new in the log, however often the shell is killed meanwhile. */
  async copyLog(): Promise<void> {
    const before = this.#sinceCopy;
    for (;;) {
      try {
        await this.log.pull();
        this.#sinceCopy = Math.max(0, this.#sinceCopy - before);
        return;
      } catch {
        await sleep(50);
      }
    }
  }

  /** What somebody sees who looks at the tab that has got furthest; undefined for one who is no member. */
  viewOf(person: Person, slug: string): View | undefined {
    const { stores } = this.#furthestTab(slug)?.client ?? {};
    if (stores === undefined) return undefined;
    for (const you of stores.members.get().values()) if (you.email === person.email) return { slug, stores, you };
    return undefined;
  }

  #furthestTab(slug: string): Tab | undefined {
    let best: Tab | undefined;
    let bestSeq = -1;
    for (const tab of this.tabs) {
      const { cursor } = tab.client;
      if (tab.slug !== slug || tab.state !== "live" || cursor === undefined || cursor.seq <= bestSeq) continue;
      best = tab;
      bestSeq = cursor.seq;
    }
    return best;
  }

  /** One command of one person. */
  async act(person: Person, random: Prng): Promise<void> {
    await this.cluster.whenUp();
    if (++this.#sinceCopy > commandsBetweenCopies) await this.copyLog();
    const slug = random.pick(this.slugs) ?? "acme";
    const view = this.viewOf(person, slug) ?? (await this.#comeIn(person, slug));
    if (view === undefined) return sleep(50);
    await chooseCommand({
      person,
      view,
      random,
      emails: this.people.map((one) => one.email),
      invited: (email, where, token) => this.keepToken(email, where, token),
      serial: () => this.serial(),
    });
  }

  keepToken(email: string, slug: string, token: string): void {
    const key = `${email} ${slug}`;
    this.#tokens.set(key, [...(this.#tokens.get(key) ?? []), token]);
  }

  takeToken(email: string, slug: string): string | undefined {
    return this.#tokens.get(`${email} ${slug}`)?.pop();
  }

  // One who is out accepts an invite, if there is one, or does something elsewhere.
  async #comeIn(person: Person, slug: string): Promise<View | undefined> {
    const token = this.takeToken(person.email, slug);
    if (token === undefined) return this.viewOf(person, "acme") ?? this.viewOf(person, "globex");
    const outcome = await person.command("POST", "/v1/invites/accept", { token });
    if (outcome.kind === "busy" || outcome.kind === "unanswered") this.keepToken(person.email, slug, token);
    return undefined;
  }

  /** Opens a tab where somebody has too few, and at times closes one. */
  async visit(person: Person, slug: string, most: number, random: Prng): Promise<void> {
    const own = this.tabs.filter((tab) => tab.isAlive && tab.email === person.email && tab.slug === slug);
    const isDeserted = this.#furthestTab(slug) === undefined;
    const session = random.pick(person.sessions);
    const wanted = random.integer(1, most);
    if (own.length > 0 && random.chance(0.06)) return random.pick(own)?.close();
    if (session === undefined || own.length >= wanted) return;
    if (!isDeserted && this.viewOf(person, slug) === undefined) return;
    this.tabs.push(
      await Tab.open({ email: person.email, session, slug, cluster: this.cluster, random: random.fork(slug) }),
    );
  }

  /** Some tabs are loaded again, twice, now that nothing happens: the node may say that a snapshot is still the same. */
  async reload(random: Prng): Promise<void> {
    for (const round of ["first", "second"]) {
      const old = random.some(this.livingTabs, 0.3).filter((tab) => tab.state === "live");
      const fresh = old.map(async ({ email, session, slug }, i) =>
        Tab.open({ email, session, slug, cluster: this.cluster, random: random.fork(`${round} ${i}`) }),
      );
      for (const tab of old) tab.close();
      this.tabs.push(...(await Promise.all(fresh)));
      await becomes(() => this.livingTabs.every((tab) => tab.state === "live"), 5_000);
    }
  }

  /** Somebody signs out or in. */
  async changeSession(person: Person, random: Prng): Promise<void> {
    await this.cluster.whenUp();
    const session = random.pick(person.sessions);
    if (session !== undefined && random.chance(0.6)) await person.signOut(session);
    if (person.sessions.length < 2) await person.signIn();
  }

  /** A workspace comes or goes, at times under a slug that another had before. */
  async changeWorkspaces(random: Prng): Promise<void> {
    await this.cluster.whenUp();
    await this.#lookForWorkspaces();
    const passing = random.pick(this.slugs.slice(2));
    if (passing !== undefined && random.chance(0.5)) return this.#deleteWorkspace(passing);
    const person = random.pick(this.people);
    if (person === undefined || this.slugs.length > 3) return;
    const free = [...this.#usedSlugs].filter((slug) => !this.slugs.includes(slug));
    const slug = (random.chance(0.5) && random.pick(free)) || `scratch-${this.serial()}`;
    this.#usedSlugs.add(slug);
    await person.command("POST", "/v1/workspaces", { slug, name: `Scratch ${this.serial()}` });
    await this.#lookForWorkspaces();
  }

  // A command may have been done without an answer: the database knows.
  async #lookForWorkspaces(): Promise<void> {
    const rows = await this.cluster.database
      .query("SELECT slug FROM workspaces WHERE slug LIKE 'scratch-%'")
      .catch(() => undefined);
    if (rows !== undefined) this.slugs.splice(2, this.slugs.length, ...rows.map((row) => String(row.slug)));
  }

  async #deleteWorkspace(slug: string): Promise<void> {
    for (const person of this.people) {
      const role = this.viewOf(person, slug)?.you.role;
      if (!role?.permissions.includes("workspace.delete")) continue;
      await person.command("DELETE", `/v1/workspaces/${slug}`);
      return this.#lookForWorkspaces();
    }
  }

  /** Stripe reports a subscription, of which some things can be had in no other way. */
  async bill(random: Prng): Promise<void> {
    await this.cluster.whenUp();
    const workspace = this.#furthestTab(random.pick(this.slugs) ?? "acme")?.client.stores.workspace.get();
    if (workspace == null) return;
    const now = Math.floor(Date.now() / 1000);
    const serial = this.serial();
    await this.api.tellOfSubscription({
      id: `evt_${serial}`,
      type: "customer.subscription.updated",
      created: now,
      data: {
        object: {
          id: `sub_of_${workspace.id}`,
          status: random.pick(["active", "trialing", "past_due"]),
          created: now - 1000,
          current_period_end: now + random.integer(1, 10_000_000),
          cancel_at_period_end: random.chance(0.5),
          items: { data: [{ quantity: random.integer(1, 300), price: { lookup_key: "team" } }] },
          metadata: { plan: random.pick(["team", "business"]), workspace_id: workspace.id },
        },
      },
    });
  }
}
