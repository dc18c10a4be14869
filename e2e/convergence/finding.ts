/** What the checker holds against the node and its tabs. */
export const checkNames = {
  stores: "every store equals the database",
  order: "seqs rise, none twice",
  missing: "no event missing on a connection",
  log: "every frame is what the log says",
  audience: "invites reach those who may see them, and nobody else",
  out: "out means out",
  ending: "every tab lives or ended as it should",
  presence: "presence equals the sockets that live",
  rows: "the log has no gaps and agrees with the rows",
  node: "the node answers, and never falls over",
} as const;

export type CheckName = keyof typeof checkNames;

/** One thing that is not as promised. */
export interface Finding {
  readonly check: CheckName;
  /** Which tab or workspace. */
  readonly where: string;
  readonly what: string;
  readonly expected?: unknown;
  readonly got?: unknown;
  /** The last frames of the connection that it is about. */
  readonly lastFrames?: readonly string[];
}
