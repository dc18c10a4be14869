import { checkServerFrame, type ServerEvent } from "@orbit/catalog";

/** What a frame says of the role of the member it is about. */
export interface RoleWord {
  readonly roleId: string;
  /** undefined where the frame is about the role itself. */
  readonly memberId?: string;
  readonly mayInvite: boolean;
}

/** What happened on a connection, as far as the checks need it, in order. */
export type Entry =
  | { readonly kind: "hello"; readonly at: number; readonly seq: number; readonly epoch: string }
  | {
      readonly kind: "event";
      readonly at: number;
      readonly seq: number;
      readonly type: string;
      readonly entity: string;
      readonly role?: RoleWord;
    }
  | { readonly kind: "resync"; readonly at: number; readonly seq: number; readonly reason: string }
  | { readonly kind: "pong"; readonly at: number; readonly seq: number }
  /** The tab was given a snapshot while this connection was open. */
  | { readonly kind: "snapshot"; readonly at: number; readonly seq: number; readonly role: RoleWord }
  | { readonly kind: "other"; readonly at: number; readonly type: string }
  | { readonly kind: "fault"; readonly at: number; readonly reason: string };

export interface SessionRecord {
  readonly id: number;
  /** When the node had answered that the session is over, by the clock of this machine, which is the node's too. */
  endedAt?: number;
}

const keptFrames = 8;

/** One WebSocket of a tab, from the handshake on. */
export class ConnectionRecord {
  readonly openedAt = Date.now();
  readonly session: SessionRecord;
  /** The cursor that the tab asked to go on from. */
  readonly after: { readonly epoch: string; readonly seq: number } | undefined;
  /** What the tab held of its own role when it opened, if it held anything. */
  readonly roleBefore: RoleWord | undefined;
  readonly entries: Entry[] = [];
  readonly lastFrames: string[] = [];
  memberId: string | undefined;
  workspaceId: string | undefined;
  closedAt: number | undefined;
  closeCode: number | undefined;
  /** When a fault last touched it: it may end without a close code, or hear of its end late. */
  disturbedAt: number | undefined;

  constructor(session: SessionRecord, url: string, roleBefore: RoleWord | undefined) {
    this.session = session;
    this.roleBefore = roleBefore;
    const { searchParams } = new URL(url);
    const seq = searchParams.get("after");
    this.after = seq === null ? undefined : { epoch: searchParams.get("epoch") ?? "", seq: Number(seq) };
  }

  get hello(): (Entry & { kind: "hello" }) | undefined {
    return this.entries.find((entry) => entry.kind === "hello");
  }

  /** Whether the node went on from the tab's cursor. */
  get isResumed(): boolean {
    const { hello, after } = this;
    if (hello === undefined || after === undefined || hello.epoch !== after.epoch || hello.seq > after.seq)
      return false;
    // One that comes later is about what was lost since.
    const rest = this.entries.slice(this.entries.indexOf(hello) + 1);
    const first = rest.find((entry) => entry.kind !== "snapshot" && entry.kind !== "other");
    return !(first?.kind === "resync" && coversWhatWasMissed(first.reason));
  }

  get isOpen(): boolean {
    return this.closedAt === undefined;
  }

  frame(text: string): void {
    const at = Date.now();
    if (this.lastFrames.push(text) > keptFrames) this.lastFrames.shift();
    const checked = checkServerFrame(text);
    if (checked.kind !== "event") {
      this.entries.push({ kind: "fault", at, reason: checked.kind === "malformed" ? checked.reason : "unknown type" });
      return;
    }
    const { event } = checked;
    if (event.type === "hello") {
      this.memberId = event.memberId;
      this.workspaceId = event.workspaceId;
    }
    this.entries.push(entryOf(event, at));
  }
}

/** Whether a resync with this reason stands for all events up to its seq. */
export const coversWhatWasMissed = (reason: string): boolean => reason !== "permissions";

function entryOf(event: ServerEvent, at: number): Entry {
  switch (event.type) {
    case "hello":
      return { kind: "hello", at, seq: event.seq, epoch: event.epoch };
    case "resync":
      return { kind: "resync", at, seq: event.seq, reason: event.reason };
    case "pong":
      return { kind: "pong", at, seq: event.seq };
  }
  if (!("seq" in event)) return { kind: "other", at, type: event.type };
  const role = roleIn(event);
  const common = { kind: "event", at, seq: event.seq, type: event.type, entity: entityOf(event) } as const;
  return role === undefined ? common : { ...common, role };
}

function entityOf(event: ServerEvent & { seq: number }): string {
  if ("member" in event) return event.member.id;
  if ("role" in event) return event.role.id;
  if ("invite" in event) return event.invite.id;
  if ("team" in event) return event.team.id;
  if ("teamId" in event) return event.teamId;
  if ("memberId" in event) return event.memberId;
  if ("roleId" in event) return event.roleId;
  if ("inviteId" in event) return event.inviteId;
  return event.type.split(".", 1).join();
}

function roleIn(event: ServerEvent): RoleWord | undefined {
  if ("member" in event) return { ...roleWord(event.member.role), memberId: event.member.id };
  return "role" in event ? roleWord(event.role) : undefined;
}

export function roleWord(role: { readonly id: string; readonly permissions: readonly string[] }): RoleWord {
  return { roleId: role.id, mayInvite: role.permissions.includes("workspace.members.invite") };
}
