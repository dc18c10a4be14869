import { type Database, quoted, type Row } from "./database.ts";

/** A row of a workspace's event log. */
export interface LogEvent {
  readonly seq: number;
  readonly type: string;
  readonly ids: Readonly<Record<string, string>>;
  readonly occurredAt: number;
}

/** What is known of how an event is told on the wire. */
export interface WireForm {
  readonly type: string;
  /** Which entity it is about: the events of one may be told as its last state only, to a tab that was away. */
  readonly entity: string;
  /** Whether the frame holds the entity as it is, so that there is none once it is gone. */
  readonly holdsState: boolean;
  readonly audience: "workspace" | "inviters";
}

const told: Readonly<Record<string, readonly [type: string, id: string, audience?: "inviters"]>> = {
  "workspaces.workspace.updated": ["workspace.updated", ""],
  "workspaces.workspace.deleted": ["workspace.deleted", ""],
  "workspaces.member.joined": ["workspace.member.joined", "member_id"],
  "workspaces.member.role_changed": ["workspace.member.role_changed", "member_id"],
  "workspaces.member.updated": ["workspace.member.updated", "member_id"],
  "workspaces.member.left": ["workspace.member.left", "member_id"],
  "workspaces.role.created": ["workspace.role.created", "role_id"],
  "workspaces.role.updated": ["workspace.role.updated", "role_id"],
  "workspaces.role.deleted": ["workspace.role.deleted", "role_id"],
  "workspaces.invite.created": ["workspace.invite.created", "invite_id", "inviters"],
  "workspaces.invite.revoked": ["workspace.invite.revoked", "invite_id", "inviters"],
  "workspaces.invite.accepted": ["workspace.invite.accepted", "invite_id", "inviters"],
  "workspaces.team.created": ["team.created", "team_id"],
  "workspaces.team.updated": ["team.updated", "team_id"],
  "workspaces.team.deleted": ["team.deleted", "team_id"],
  "workspaces.team.member_added": ["team.member.added", "team_id"],
  "workspaces.team.member_removed": ["team.member.removed", "team_id"],
  "billing.subscription.updated": ["subscription.updated", ""],
};

const stateless = new Set([
  "workspace.deleted",
  "workspace.member.left",
  "workspace.role.deleted",
  "workspace.invite.revoked",
  "workspace.invite.accepted",
  "team.deleted",
  "team.member.added",
  "team.member.removed",
]);

/** undefined for an event that no tab is told of. */
export function wireFormOf(event: LogEvent): WireForm | undefined {
  if (event.type === "workspaces.workspace.created") return undefined;
  const form = told[event.type];
  if (form === undefined) throw new Error(`the log has an event of an unknown type: ${event.type}`);
  const [type, id, audience = "workspace"] = form;
  return {
    type,
    entity: id === "" ? type.split(".", 1).join() : (event.ids[id] ?? ""),
    holdsState: !stateless.has(type),
    audience,
  };
}

/** The log of one workspace; the event of seq n is at n - 1. */
export type WorkspaceLog = readonly LogEvent[];

/** The first event after a seq that is as asked. */
export function findFrom(log: WorkspaceLog, after: number, isIt: (event: LogEvent) => boolean): LogEvent | undefined {
  for (let i = after; i < log.length; i++) {
    const event = log[i] as LogEvent;
    if (isIt(event)) return event;
  }
  return undefined;
}

/** A copy of every workspace's log, taken before it is trimmed. */
export class LogCopy {
  readonly #database: Database;
  readonly #logs = new Map<string, LogEvent[]>();
  #pulling: Promise<void> | undefined;
  /** Where the log didn't go on with the next seq. */
  readonly gaps = new Set<string>();

  constructor(database: Database) {
    this.#database = database;
  }

  of(workspaceId: string): WorkspaceLog {
    return this.#logs.get(workspaceId) ?? [];
  }

  get workspaceIds(): readonly string[] {
    return [...this.#logs.keys()];
  }

  get size(): number {
    return [...this.#logs.values()].reduce((sum, log) => sum + log.length, 0);
  }

  /** Copies what is new. One who asks while a copy is being taken waits for the next. */
  async pull(): Promise<void> {
    await this.#pulling?.catch(() => {});
    this.#pulling ??= this.#pull().finally(() => {
      this.#pulling = undefined;
    });
    return this.#pulling;
  }

  async #pull(): Promise<void> {
    const known = [...this.#logs].map(([id, log]) => `(${quoted(id)}, ${log.length})`);
    const rows = await this.#database.query(
      `WITH known (id, seq) AS (VALUES ${[...known, "('', 0)"].join(", ")}) ` +
        "SELECT l.workspace_id, l.seq, l.type, l.ids, l.occurred_at FROM streams s LEFT JOIN known k " +
        "ON k.id = s.workspace_id JOIN event_log l ON l.workspace_id = s.workspace_id AND l.seq > coalesce(k.seq, 0) " +
        "WHERE s.seq > coalesce(k.seq, 0) ORDER BY l.workspace_id, l.seq",
    );
    for (const row of rows) this.#add(row);
  }

  #add(row: Row): void {
    const workspaceId = String(row.workspace_id);
    const log = this.#logs.get(workspaceId) ?? [];
    this.#logs.set(workspaceId, log);
    if (row.seq !== log.length + 1) {
      this.gaps.add(`${workspaceId}: seq ${row.seq} comes after ${log.length}`);
      return;
    }
    log.push({
      seq: Number(row.seq),
      type: String(row.type),
      ids: JSON.parse(String(row.ids)),
      occurredAt: Number(row.occurred_at),
    });
  }
}
