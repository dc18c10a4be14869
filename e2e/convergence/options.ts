import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

const databases = ["sqlite", "postgresql"] as const;
const backplanes = ["none", "nats", "redis", "postgres"] as const;

export interface Options {
  readonly seed: number;
  readonly minutes: number;
  readonly binary: string;
  readonly people: number;
  readonly tabs: number;
  readonly roundSeconds: number;
  readonly nodes: number;
  readonly database: (typeof databases)[number];
  readonly backplane: (typeof backplanes)[number];
  /** Whether the database and the node's log stay even if all is well. */
  readonly keep: boolean;
}

export const usage = `Usage: script/converge [OPTION]...
Does to nodes and their tabs what life does, then checks that every tab shows what the database says.

  --seed N       the plan of commands and faults; a fresh one unless given
  --minutes M    how long (2)
  --binary PATH  the program to test; builds build/release/orbit unless given
  --people N     people who act at once (10)
  --tabs N       tabs of each person on each workspace, at most (2)
  --round S      seconds of commands and faults between two checks (25)
  --nodes N      nodes that share a PostgreSQL and a backplane (1)
  --backplane B  nats, redis or postgres, with several nodes (none)
  --database D   sqlite, or postgresql for one node, too (sqlite; postgresql for several)
  --keep         keep the database and the node's log, even if all is well
`;

const names = ["seed", "minutes", "binary", "people", "tabs", "round", "nodes", "database", "backplane"] as const;
const words = ["binary", "database", "backplane"];

/** A string is what is wrong with the arguments. */
export function readOptions(args: readonly string[]): Options | string {
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
  const bad = names.find((name) => !words.includes(name) && !(Number(values[name] ?? 1) > 0));
  if (bad !== undefined) return `--${bad} takes a number greater than 0`;
  const number = (name: string, standard: number) => (values[name] === undefined ? standard : Number(values[name]));
  const backplane = backplanes.find((name) => name === (values.backplane ?? "none"));
  const nodes = number("nodes", backplane === "none" ? 1 : 3);
  const isAlone = nodes === 1 && backplane === "none";
  const database = databases.find((name) => name === (values.database ?? (isAlone ? "sqlite" : "postgresql")));
  if (backplane === undefined) return `--backplane is one of ${backplanes.join(", ")}`;
  if (database === undefined) return `--database is one of ${databases.join(", ")}`;
  if (!isAlone && database === "sqlite") return "several nodes, and a backplane, need --database postgresql";
  if (nodes > 1 && backplane === "none") return "several nodes need a --backplane";
  if (!Number.isInteger(nodes) || nodes > 9) return "--nodes takes a whole number up to 9";
  return {
    seed: number("seed", randomInt(1, 2 ** 31)),
    minutes: number("minutes", 2),
    binary: String(values.binary ?? "build/release/orbit"),
    people: number("people", 10),
    tabs: number("tabs", 2),
    roundSeconds: number("round", 25),
    nodes,
    database,
    backplane,
    keep: values.keep === true,
  };
}
