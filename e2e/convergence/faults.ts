import type { MemberId } from "@orbit/catalog";
import type { Member } from "./cluster.ts";
import type { Conditions } from "./faulty_link.ts";
import type { Prng } from "./prng.ts";
import { SharedFaults } from "./shared_faults.ts";
import type { Tab } from "./tab.ts";
import { sleep } from "./wait.ts";
import type { World } from "./world.ts";

const keepLittle = ["--log-keep-events", "100", "--log-trim-interval", "1s"];
const retentions = [[], keepLittle, ["--log-keep-events", "400", "--log-trim-interval", "1s"]];
/** How many bytes may wait for a tab before it is too slow, and how many may be replayed to it: half of that. */
const queues = ["24576", "65536", "262144"].map((bytes) => ["--outbound-queue", bytes]);
/** Every workspace is a large one on a node with this, so that its tabs are told how many are online. */
const rosterLimits = [[], ["--presence-roster-limit", "2"]];

const watchedAtOnce = 200;
/** Answered with some four megabytes. */
const stallingMessages = 150;

/** Rows that stay when the log is trimmed by hand, under a node that can't do it. */
const keptByHand = 100;

/** What goes wrong meanwhile: with the nodes, with what they share, and between them and the tabs. */
export class Faults {
  readonly #world: World;
  readonly #calm: AbortSignal;
  readonly #counts: Map<string, number>;
  readonly #running = new Set<Promise<void>>();
  readonly #afflicted = new Set<Tab>();
  readonly #shared: SharedFaults;

  /** Every fault is over soon after `calm` is aborted; `counts` gets how many there were of each kind. */
  constructor(world: World, calm: AbortSignal, counts: Map<string, number>) {
    this.#world = world;
    this.#calm = calm;
    this.#counts = counts;
    this.#shared = new SharedFaults({
      cluster: world.cluster,
      pause: (ms) => this.#pause(ms),
      count: (kind) => this.#count(kind),
      disturb: (what) => this.#disturb(what),
    });
  }

  /** Something happens to a node. */
  async strikeNode(random: Prng): Promise<void> {
    const { cluster } = this.#world;
    const member = cluster.claim(random);
    if (member === undefined) return;
    const strike = random.weighted<() => Promise<void>>([
      [45, () => this.#kill(member, random)],
      [40, () => this.#freeze(member, random)],
      [15, () => this.#trim(member, random)],
    ]);
    await strike().finally(() => cluster.release(member));
  }

  /** Something happens to what the nodes share. */
  async strikeShared(random: Prng): Promise<void> {
    await this.#shared.strike(random);
  }

  /** Something happens on the way to some tabs, and is over after a while. */
  strikeLinks(random: Prng): void {
    const share = random.weighted([
      [40, 0.05],
      [35, 0.2],
      [20, 0.5],
      [5, 1],
    ]);
    const struck = random.some(this.#world.livingTabs, share).filter((tab) => !this.#afflicted.has(tab));
    const first = struck[0];
    if (first === undefined) return;
    const strike = random.weighted<() => void>([
      [26, () => this.#cut(struck)],
      [14, () => this.#impose("half-open", struck, { lost: true }, random.between(1_000, 14_000))],
      [14, () => this.#impose("delay", struck, { delayMs: random.between(20, 700) }, random.between(2_000, 8_000))],
      [
        14,
        () =>
          this.#impose(
            "throttle",
            struck,
            { bytesPerSecond: random.integer(500, 8_000) },
            random.between(2_000, 8_000),
          ),
      ],
      [16, () => this.#goAway(struck, random.between(1_000, 16_000))],
      [12, () => this.#stall(first, random.between(8_000, 16_000))],
    ]);
    strike();
  }

  /** Resolves when the faults that were begun are over. */
  async over(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #count(kind: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  async #pause(ms: number): Promise<void> {
    if (this.#calm.aborted) return;
    await Promise.race([
      sleep(ms),
      new Promise((resolve) => this.#calm.addEventListener("abort", resolve, { once: true })),
    ]);
  }

  async #kill(member: Member, random: Prng): Promise<void> {
    const retention = (this.#world.cluster.canTrim && random.pick(retentions)) || [];
    const queue = random.pick(queues) ?? [];
    const rosterLimit = random.pick(rosterLimits) ?? [];
    this.#count("kill -9");
    if (retention.length > 0) this.#count("log trimmed");
    // So that some are on their way between the command and the tabs.
    if (random.chance(0.7)) {
      this.#rush(random);
      await sleep(random.between(0, 12));
    }
    await this.killAndRestart([member], random.between(0, 1_500), [...retention, ...queue, ...rosterLimit]);
  }

  #rush(random: Prng): void {
    for (const person of this.#world.people) {
      const rush = this.#world.act(person, random.fork(person.email)).finally(() => this.#running.delete(rush));
      this.#running.add(rush);
    }
  }

  /** Every connection to these nodes breaks; nothing of them lives on but the database. */
  async killAndRestart(members: readonly Member[], pauseMs: number, flags: readonly string[] = []): Promise<void> {
    const { cluster } = this.#world;
    this.#disturb("kill -9");
    const end = cluster.turbulence.begin();
    await Promise.all(members.map(({ node }) => node.kill()));
    // The checker's own shell would keep SQLite's shared memory alive, which the node should find as it died.
    if (cluster.postgresql === undefined) cluster.database.kill();
    await this.#pause(pauseMs);
    for (const { node } of members) await cluster.startNode(node, flags);
    end();
  }

  #disturb(what: string): void {
    for (const tab of this.#world.tabs) {
      tab.note(what);
      tab.disturb();
    }
  }

  async #freeze({ node }: Member, random: Prng): Promise<void> {
    const { turbulence, nodes } = this.#world.cluster;
    this.#count("SIGSTOP");
    for (const tab of this.#world.tabs) tab.disturb();
    const end = turbulence.begin();
    node.freeze();
    await this.#pause(random.between(200, nodes.length === 1 ? 3_000 : 10_000));
    node.thaw();
    end();
  }

  async #trim(member: Member, random: Prng): Promise<void> {
    const { cluster, log } = this.#world;
    this.#count("log trimmed");
    if (cluster.canTrim) return this.killAndRestart([member], random.between(0, 300), keepLittle);
    await this.#world.copyLog();
    for (const id of log.workspaceIds) {
      const upTo = log.of(id).length - keptByHand;
      const published = `(SELECT published_seq FROM streams WHERE workspace_id = '${id}')`;
      await cluster.database
        .query(`DELETE FROM event_log WHERE workspace_id = '${id}' AND seq <= ${upTo} AND seq <= ${published}`)
        .catch(() => {});
    }
  }

  #cut(tabs: readonly Tab[]): void {
    this.#count("cut");
    for (const tab of tabs) {
      tab.note("cut");
      tab.link.cut();
    }
  }

  #impose(kind: string, tabs: readonly Tab[], conditions: Conditions, forMs: number): void {
    this.#count(kind);
    this.#afflict(kind, tabs, forMs, (tab) => {
      tab.link.conditions = conditions;
    });
  }

  #goAway(tabs: readonly Tab[], forMs: number): void {
    this.#count("away");
    this.#afflict("away", tabs, forMs, (tab) => tab.link.goDown());
  }

  // The kernel takes megabytes before a socket counts as slow, so the tab asks for a lot that it doesn't read.
  #stall(tab: Tab, forMs: number): void {
    this.#count("stall");
    this.#afflict("stall", [tab], forMs, () => {
      tab.link.conditions = { stalled: true };
      const member = tab.client.stores.you.get();
      if (member === null || tab.state !== "live") return;
      const memberIds = Array.from(
        { length: watchedAtOnce },
        (_, n) => `${member.slice(0, -3)}${n.toString(16).padStart(3, "0")}` as MemberId,
      );
      for (let i = 0; i < stallingMessages; i++) tab.client.send({ type: "presence.watch", memberIds });
    });
  }

  #afflict(kind: string, tabs: readonly Tab[], forMs: number, begin: (tab: Tab) => void): void {
    const task = (async () => {
      for (const tab of tabs) {
        this.#afflicted.add(tab);
        tab.note(kind);
        begin(tab);
      }
      await this.#pause(forMs);
      for (const tab of tabs) {
        tab.note(`end of ${kind}`);
        tab.link.mend();
        this.#afflicted.delete(tab);
      }
    })();
    this.#running.add(task);
    void task.finally(() => this.#running.delete(task));
  }
}
