import { type CheckName, checkNames, type Finding } from "./finding.ts";
import type { Totals } from "./totals.ts";
import type { World } from "./world.ts";

const isTerminal = process.stdout.isTTY === true;
const style = (code: number) => (text: string) => (isTerminal ? `\u001b[${code}m${text}\u001b[0m` : text);
const bold = style(1);
const dim = style(2);
const red = style(31);
const green = style(32);

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const mostFindingsShown = 12;

/** Each finding in full, as far as it fits. */
export function sayFindings(findings: readonly Finding[]): void {
  for (const finding of findings.slice(0, mostFindingsShown)) {
    say(`\n${red(`✗ ${checkNames[finding.check]}`)}\n  ${finding.where}: ${finding.what}`);
    if ("expected" in finding) say(`  expected ${shorten(JSON.stringify(finding.expected))}`);
    if ("got" in finding) say(`  got      ${shorten(JSON.stringify(finding.got))}`);
    for (const frame of finding.lastFrames ?? []) say(dim(`  ${shorten(frame, 300)}`));
  }
  const more = findings.length - mostFindingsShown;
  if (more > 0) say(`\n… and ${more} more`);
}

const shorten = (text: string | undefined, most = 1_000) =>
  text === undefined ? "nothing" : text.length > most ? `${text.slice(0, most)}…` : text;

export interface Summary {
  readonly seed: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly world: World;
  readonly totals: Totals;
  readonly faults: ReadonlyMap<string, number>;
  readonly findings: readonly Finding[];
}

export function saySummary(summary: Summary): void {
  const { world, totals } = summary;
  const { accepted, refused, busy, unanswered } = world.api.counts;
  const people = world.people;
  const faults = new Map([
    ...summary.faults,
    ["signed out", people.reduce((sum, person) => sum + person.signOuts, 0)] as const,
    ["removed", removals(world)] as const,
  ]);
  const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
  const row = (name: string, value: number | string, details = "") =>
    say(`  ${name.padEnd(14)}${bold(String(value).padStart(9))}  ${dim(details)}`);
  say("");
  row("seed", summary.seed);
  row("time", `${Math.round(summary.seconds)} s`, `${summary.rounds} rounds, each checked`);
  row(
    "commands",
    accepted + refused + busy + unanswered,
    `${accepted} accepted, ${refused} refused, ${busy} busy, ${unanswered} unanswered`,
  );
  row("events", world.log.size, `in ${world.log.workspaceIds.length} workspaces`);
  row("deliveries", totals.deliveries, `to ${totals.tabs} tabs of ${people.length} people`);
  row(
    "connections",
    totals.connections,
    `${totals.resumed} resumed, ${totals.hydratedAgain} hydrated again; ${list(totals.closes)}`,
  );
  row("snapshots", totals.snapshots, `${totals.unchanged} unchanged (304)`);
  row("resyncs", sum(totals.resyncs), list(totals.resyncs));
  row("faults", sum(faults), list(faults));
  row("divergences", summary.findings.length);
  say("");
  const names = Object.keys(checkNames) as CheckName[];
  const failed = names.filter((name) => summary.findings.some((finding) => finding.check === name));
  for (const name of names) say(`  ${failed.includes(name) ? red("✗") : green("✓")} ${checkNames[name]}`);
  if (failed.length > 0) say(`\nThe same plan again: script/converge --seed ${summary.seed}`);
  say(`\nconverge: ${names.length - failed.length} passed, ${failed.length} failed`);
}

const list = (counts: ReadonlyMap<string, number>) =>
  [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${count} ${name}`)
    .join(", ");

function removals({ log }: World): number {
  return log.workspaceIds.reduce(
    (sum, id) => sum + log.of(id).filter((event) => event.type === "workspaces.member.left").length,
    0,
  );
}
