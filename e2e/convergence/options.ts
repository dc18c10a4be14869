import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

export interface Options {
  readonly seed: number;
  readonly minutes: number;
  readonly binary: string;
  readonly people: number;
  readonly tabs: number;
  readonly roundSeconds: number;
  /** Whether the database and the node's log stay even if all is well. */
  readonly keep: boolean;
}

export const usage = `Usage: script/converge [OPTION]...
Does to a node and its tabs what life does, then checks that every tab shows what the database says.

  --seed N       the plan of commands and faults; a fresh one unless given
  --minutes M    how long (2)
  --binary PATH  the program to test; builds build/release/orbit unless given
  --people N     people who act at once (10)
  --tabs N       tabs of each person on each workspace, at most (2)
  --round S      seconds of commands and faults between two checks (25)
  --keep         keep the database and the node's log, even if all is well
`;

/** A string is what is wrong with the arguments. */
export function readOptions(args: readonly string[]): Options | string {
  const names = ["seed", "minutes", "binary", "people", "tabs", "round"] as const;
  const text = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  let values: Record<string, string | boolean | undefined>;
  try {
    values = parseArgs({
      args: [...args],
      options: { ...text, keep: { type: "boolean" }, help: { type: "boolean" } },
    }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (values.help) return "";
  const number = (name: string, standard: number) => (values[name] === undefined ? standard : Number(values[name]));
  const options: Options = {
    seed: number("seed", randomInt(1, 2 ** 31)),
    minutes: number("minutes", 2),
    binary: String(values.binary ?? "build/release/orbit"),
    people: number("people", 10),
    tabs: number("tabs", 2),
    roundSeconds: number("round", 25),
    keep: values.keep === true,
  };
  const bad = names.find((name) => name !== "binary" && !(Number(values[name] ?? 1) > 0));
  return bad === undefined ? options : `--${bad} takes a number greater than 0`;
}
