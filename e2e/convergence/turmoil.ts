import { setMaxListeners } from "node:events";
import { Faults } from "./faults.ts";
import type { Options } from "./options.ts";
import type { Prng } from "./prng.ts";
import { becomes, sleep } from "./wait.ts";
import type { World } from "./world.ts";

/** How a time of commands and faults ends: what comes last is what the next check sees best. */
type Ending = "at once" | "calm" | "kill";

/** A while of commands and faults, all of which are over in the end. */
export class Turmoil {
  readonly #world: World;
  readonly #options: Options;
  readonly #calm = new AbortController();
  readonly #nodeCalm = new AbortController();
  readonly #stop = new AbortController();
  readonly #faults: Faults;

  constructor(world: World, options: Options, counts: Map<string, number>) {
    this.#world = world;
    this.#options = options;
    setMaxListeners(0, this.#calm.signal, this.#nodeCalm.signal, this.#stop.signal);
    this.#faults = new Faults(world, this.#calm.signal, counts);
  }

  async run(ms: number, random: Prng): Promise<void> {
    const world = this.#world;
    const ending = random.weighted<Ending>([
      [1, "at once"],
      [1, "calm"],
      [1, "kill"],
    ]);
    const commands = this.#commands(random);
    const faults = this.#strikes(random);
    await becomes(() => world.cluster.collapse !== undefined, ms);
    if (ending === "calm") {
      await this.#becalm(faults);
      await this.#whenLive();
      await sleep(2_000);
    }
    this.#stop.abort();
    await Promise.all(commands);
    if (ending === "kill" && world.cluster.collapse === undefined) {
      this.#nodeCalm.abort();
      await Promise.all(faults.slice(0, 2));
      const { members } = world.cluster;
      const one = random.chance(0.6) ? random.pick(members) : undefined;
      await this.#faults.killAndRestart(one === undefined ? members : [one], 0);
    }
    await this.#becalm(faults);
    await world.reload(random.fork("reload"));
  }

  async #becalm(faults: readonly Promise<void>[]): Promise<void> {
    this.#nodeCalm.abort();
    this.#calm.abort();
    await Promise.all(faults);
    await this.#faults.over();
  }

  async #whenLive(): Promise<void> {
    const enough = () => {
      const tabs = this.#world.livingTabs;
      return tabs.filter((tab) => tab.state === "live").length >= tabs.length * 0.8;
    };
    await becomes(enough, 10_000);
  }

  #commands(random: Prng): Promise<void>[] {
    const world = this.#world;
    const { signal } = this.#stop;
    const loop = (name: string, least: number, most: number, step: (own: Prng) => Promise<void>) =>
      repeat(signal, random.fork(name), least, most, step);
    return [
      ...world.people.map((person) => loop(`acts ${person.email}`, 0, 50, (own) => world.act(person, own))),
      loop("visits", 20, 120, async (own) => {
        const person = own.pick(world.people);
        const slug = own.pick(world.slugs);
        if (person && slug) await world.visit(person, slug, this.#options.tabs, own);
      }),
      loop("sessions", 1_000, 4_000, async (own) => {
        const person = own.pick(world.people);
        if (person) await world.changeSession(person, own);
      }),
      loop("workspaces", 1_000, 6_000, (own) => world.changeWorkspaces(own)),
      loop("bills", 300, 1_500, (own) => world.bill(own)),
      loop("copies", 200, 200, () => world.copyLog()),
    ];
  }

  // The first two are what befalls nodes and what they share.
  #strikes(random: Prng): Promise<void>[] {
    return [
      repeat(this.#nodeCalm.signal, random.fork("node"), 1_500, 5_000, (own) => this.#faults.strikeNode(own)),
      repeat(this.#nodeCalm.signal, random.fork("shared"), 1_000, 6_000, (own) => this.#faults.strikeShared(own)),
      repeat(this.#calm.signal, random.fork("links"), 150, 900, async (own) => this.#faults.strikeLinks(own)),
    ];
  }
}

/** Once after another until it is stopped, with pauses between. */
async function repeat(
  stop: AbortSignal,
  random: Prng,
  least: number,
  most: number,
  step: (random: Prng) => Promise<void>,
): Promise<void> {
  const stopped = new Promise<void>((resolve) => stop.addEventListener("abort", () => resolve(), { once: true }));
  while (!stop.aborted) {
    await Promise.race([sleep(random.between(least, most)), stopped]);
    if (!stop.aborted) await step(random);
  }
}
