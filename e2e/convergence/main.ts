import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Finding } from "./finding.ts";
import { type Options, readOptions, usage } from "./options.ts";
import { Prng } from "./prng.ts";
import { say, sayFindings, saySummary } from "./report.ts";
import { setUp } from "./setup.ts";
import { Totals } from "./totals.ts";
import { Turmoil } from "./turmoil.ts";
import { Verdict } from "./verdict.ts";
import type { World } from "./world.ts";

/** Round after round until the time is up or something is found. */
async function converge(
  options: Options,
  world: World,
  totals: Totals,
  faults: Map<string, number>,
  directory: string,
) {
  const random = Prng.of(options.seed);
  const begin = Date.now();
  const end = begin + options.minutes * 60_000;
  let findings: Finding[] = [];
  let rounds = 0;
  while (findings.length === 0 && Date.now() < end) {
    const left = end - Date.now();
    // No last round so short that it shows nothing.
    const isLast = left < options.roundSeconds * 1_500;
    await new Turmoil(world, options, faults).run(
      isLast ? left : options.roundSeconds * 1_000,
      random.fork(`round ${++rounds}`),
    );
    const settling = Date.now();
    findings = await new Verdict(world).reach();
    const { accepted } = world.api.counts;
    say(
      `round ${rounds}: ${accepted} commands, ${world.log.size} events so far; ` +
        `${world.livingTabs.length} tabs came to rest in ${((Date.now() - settling) / 1000).toFixed(1)} s: ` +
        (findings.length === 0 ? "all agree" : `${findings.length} divergences`),
    );
    if (findings.length > 0) await keepRecording(world, findings, directory);
    tidy(world, totals);
  }
  return { findings, rounds, seconds: (Date.now() - begin) / 1000 };
}

// The whole log, which the node may have trimmed, and all that the tabs in question were sent.
async function keepRecording({ log, tabs }: World, findings: readonly Finding[], directory: string): Promise<void> {
  const logs = Object.fromEntries(log.workspaceIds.map((id) => [id, log.of(id)]));
  const suspects = tabs.filter((tab) => findings.some(({ where }) => where.startsWith(`${tab.name} `)));
  const recorded = suspects.map(({ name, connections }) => ({ name, connections }));
  await writeFile(join(directory, "recording.json"), JSON.stringify({ findings, logs, tabs: recorded }, null, 1));
}

// What has been checked is only counted from here on.
function tidy(world: World, totals: Totals): void {
  for (const tab of world.tabs) {
    for (const connection of tab.takeClosed()) totals.addConnection(connection);
    if (!tab.isAlive) totals.addTab(tab);
  }
  world.tabs = world.livingTabs;
}

function describeNodes({ nodes, database, backplane }: Options): string {
  const engine = database === "sqlite" ? "SQLite" : "PostgreSQL";
  if (nodes === 1) return `one node on ${engine}`;
  return `${nodes} nodes on ${engine}, over ${{ none: "nothing", nats: "NATS", redis: "Redis", postgres: "PostgreSQL" }[backplane]}`;
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === "string") {
    say(options === "" ? usage : `${options}\n\n${usage}`);
    return options === "" ? 0 : 2;
  }
  say(`seed ${options.seed}: ${options.minutes} minutes with ${options.people} people on ${describeNodes(options)}`);
  const directory = await mkdtemp(join(tmpdir(), "orbit-converge-"));
  const world = await setUp(options, directory);
  const totals = new Totals();
  const faults = new Map<string, number>();
  const { findings, rounds, seconds } = await converge(options, world, totals, faults, directory);
  for (const tab of world.tabs) totals.addTab(tab);
  sayFindings(findings);
  saySummary({ seed: options.seed, seconds, rounds, world, totals, faults, findings });
  for (const tab of world.tabs) tab.close();
  if (findings.length > 0 || options.keep) await world.cluster.postgresql?.dump(join(directory, "orbit.sql"));
  await world.cluster.dispose();
  if (findings.length > 0 || options.keep) say(`The database, the nodes' logs and any recording are in ${directory}`);
  else await rm(directory, { recursive: true });
  return findings.length === 0 ? 0 : 1;
}

for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(2));
process.exit(await main());
