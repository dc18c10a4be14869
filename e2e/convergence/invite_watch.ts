import { findFrom, type LogEvent, type WorkspaceLog } from "./event_log.ts";
import type { ConnectionRecord, Entry, RoleWord } from "./recording.ts";

/**
 * Whether the member behind a connection may see invites, at each place of the stream: as far as that can be told from
 * what the connection itself was sent, which is what the node goes by.
 */
export class InviteWatch {
  readonly #turns: { readonly after: number; readonly may: boolean | undefined }[] = [];
  readonly #connection: ConnectionRecord;
  readonly #log: WorkspaceLog;
  readonly #isReadApart: boolean;
  #roleId: string | undefined;

  /**
   * Of what was replayed, nothing is told but where it touched no role. `isReadApart`: what a frame tells was read on the
   * node that committed it, and what the member may see on the one that holds the socket, perhaps later.
   */
  constructor(connection: ConnectionRecord, log: WorkspaceLog, replayEnd: number, isReadApart = false) {
    this.#isReadApart = isReadApart;
    this.#connection = connection;
    this.#log = log;
    // Events that happened after a snapshot was made may arrive before it.
    for (const entry of connection.entries) {
      if (entry.kind === "hello") this.#begin(entry, replayEnd);
      else if (entry.kind === "snapshot") this.#hydrated(entry);
    }
    for (const entry of connection.entries) {
      if (entry.kind === "event" && entry.seq > replayEnd) this.#event(entry);
      else if (entry.kind === "resync" && entry.reason === "event_lost") this.#lost(entry.seq);
    }
  }

  /** undefined where it can't be told. */
  mayAt(seq: number): boolean | undefined {
    return this.#turns.findLast((turn) => turn.after < seq)?.may;
  }

  #begin(hello: Entry & { kind: "hello" }, replayEnd: number): void {
    const { after, roleBefore, memberId } = this.#connection;
    if (!this.#connection.isResumed || after === undefined || roleBefore?.memberId !== memberId) return;
    const end = Number.isFinite(replayEnd) ? replayEnd : this.#log.length;
    if (this.#touchesRole(after.seq, end, hello.at)) return;
    this.#roleId = roleBefore?.roleId;
    this.#turn(Math.min(hello.seq, after.seq), roleBefore?.mayInvite);
  }

  // The snapshot tells what held when the socket was attached, unless that changed in between.
  #hydrated(snapshot: Entry & { kind: "snapshot" }): void {
    const hello = this.#connection.hello;
    if (hello === undefined || snapshot.role.memberId !== this.#connection.memberId) return;
    if (this.#turns.length > 0 || snapshot.seq < hello.seq || this.#touchesRole(hello.seq, snapshot.seq, hello.at))
      return;
    this.#roleId = snapshot.role.roleId;
    this.#turn(hello.seq, snapshot.role.mayInvite);
  }

  // Frames tell of what is committed by then, which may be more than the stream has come to. The node lets the member see
  // other things at changes of their role, whatever a frame in between tells already.
  #event({ seq, at, type, role }: Entry & { kind: "event" }): void {
    if (role === undefined) return;
    const self = this.#connection.memberId;
    if (type === "workspace.member.role_changed" && role.memberId === self) {
      this.#roleId = role.roleId;
      this.#turn(seq, this.#told(role, seq, at));
    } else if (type === "workspace.role.updated") {
      // Had the member another role already, this was about that.
      const change = findFrom(this.#log, seq, (event) => isAboutRoleOf(event, self));
      if (change !== undefined && change.occurredAt <= at) this.#turn(seq, undefined);
      else if (role.roleId === this.#roleId) this.#turn(seq, this.#told(role, seq, at));
    }
  }

  // The role may have changed again between the two readings.
  #told({ roleId, mayInvite }: RoleWord, seq: number, at: number): boolean | undefined {
    if (!this.#isReadApart) return mayInvite;
    const isAboutIt = ({ type, ids }: LogEvent) => type === "workspaces.role.updated" && ids.role_id === roleId;
    const next = findFrom(this.#log, seq, isAboutIt);
    return next !== undefined && next.occurredAt <= at ? undefined : mayInvite;
  }

  // It may have been about the member's role, which is known again from the next change on.
  #lost(seq: number): void {
    this.#roleId = undefined;
    this.#turn(seq - 1, undefined);
  }

  #turn(after: number, may: boolean | undefined): void {
    this.#turns.push({ after, may });
  }

  // By that seq, or committed by the time of hello: what a member may see is read when the socket is attached, and the stream
  // may be some events behind that.
  #touchesRole(after: number, upTo: number, attachedBy: number): boolean {
    const self = this.#connection.memberId;
    const touch = findFrom(
      this.#log,
      after,
      (event) => event.type === "workspaces.role.updated" || isAboutRoleOf(event, self),
    );
    return touch !== undefined && (touch.seq <= upTo || touch.occurredAt <= attachedBy);
  }
}

function isAboutRoleOf(event: LogEvent, memberId: string | undefined): boolean {
  const { type, ids } = event;
  return (
    (type === "workspaces.member.role_changed" || type === "workspaces.member.joined") && ids.member_id === memberId
  );
}
