import type { Cluster, Member } from "./cluster.ts";
import type { Prng } from "./prng.ts";
import { sleep } from "./wait.ts";

/** What the faults of nodes are told to do around theirs. */
export interface FaultContext {
  readonly cluster: Cluster;
  /** Waits, but not longer than until all shall be calm. */
  pause(ms: number): Promise<void>;
  count(kind: string): void;
  /** Notes for every tab that its connection may end without a close code. */
  disturb(what: string): void;
}

type Link = "toBroker" | "toDatabase";

/** What goes wrong with what several nodes share, and with the ways to it. */
export class SharedFaults {
  readonly #context: FaultContext;

  constructor(context: FaultContext) {
    this.#context = context;
  }

  /** One of them; over when it resolves. */
  async strike(random: Prng): Promise<void> {
    const { broker, postgresql, members } = this.#context.cluster;
    if (postgresql === undefined) return;
    const hasBackplane = members.some(({ toBroker }) => toBroker !== undefined);
    const strike = random.weighted<() => Promise<void>>([
      [broker === undefined ? 0 : 22, () => this.#killBroker(random)],
      [18, () => this.#restartPostgreSql()],
      [hasBackplane ? 26 : 0, () => this.#cut("toBroker", "cut from the broker", random)],
      [22, () => this.#cut("toDatabase", "cut from the database", random)],
      [12, () => this.#rollingRestart()],
    ]);
    await strike();
  }

  async #killBroker(random: Prng): Promise<void> {
    const { broker, turbulence } = this.#context.cluster;
    this.#context.count("broker killed");
    const end = turbulence.begin();
    await broker?.kill();
    await this.#context.pause(random.between(0, 6_000));
    await broker?.start().finally(end);
  }

  async #restartPostgreSql(): Promise<void> {
    this.#context.count("PostgreSQL restarted");
    await this.#context.cluster.restartDatabase();
  }

  // Its connections are reset and new ones refused, or all that is said is lost without a word.
  async #cut(link: Link, kind: string, random: Prng): Promise<void> {
    const { cluster } = this.#context;
    const member = cluster.claim(random);
    if (member === undefined) return;
    this.#context.count(kind);
    const isSilent = random.chance(0.5);
    const end = cluster.turbulence.begin();
    if (isSilent) setConditions(member[link], { lost: true });
    else member[link]?.goDown();
    await this.#context.pause(random.between(500, 10_000));
    member[link]?.mend();
    end();
    cluster.release(member);
  }

  // As a new version is brought out: each node in turn is told to stop, and started when it has.
  async #rollingRestart(): Promise<void> {
    this.#context.count("rolling restart");
    for (const member of this.#context.cluster.members) await this.#restart(member);
  }

  async #restart(member: Member): Promise<void> {
    const { cluster } = this.#context;
    while (!cluster.claimThis(member)) await sleep(50);
    this.#context.disturb("restart");
    await member.node.stop();
    if (member.node.collapse === undefined) await cluster.startNode(member.node);
    cluster.release(member);
  }
}

function setConditions(link: Member[Link], conditions: { readonly lost: boolean }): void {
  if (link !== undefined) link.conditions = conditions;
}
