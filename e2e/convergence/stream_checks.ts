import { findFrom, type LogEvent, type WorkspaceLog, wireFormOf } from "./event_log.ts";
import type { CheckName, Finding } from "./finding.ts";
import { InviteWatch } from "./invite_watch.ts";
import { type ConnectionRecord, coversWhatWasMissed, type Entry } from "./recording.ts";

type EventEntry = Entry & { kind: "event" };

const eventsOf = (connection: ConnectionRecord) =>
  connection.entries.filter((entry): entry is EventEntry => entry.kind === "event");

/** What is different where there are several nodes. */
export interface OtherNodes {
  /** Whether a node may not yet have known, when it sent something, that the session had ended on another one. */
  mayNotKnow(endedAt: number, sentAt: number): boolean;
}

/** Everything that one connection can tell by itself, held against its workspace's log. */
export function checkStream(
  connection: ConnectionRecord,
  log: WorkspaceLog,
  where: string,
  otherNodes?: OtherNodes,
): Finding[] {
  const found = (check: CheckName, what: string, details: Partial<Finding> = {}): Finding => ({
    check,
    where,
    what,
    lastFrames: connection.lastFrames,
    ...details,
  });
  return [
    ...checkOrder(connection).map((what) => found("order", what)),
    ...checkAnswered(connection).map((what) => found("missing", what)),
    ...checkAgainstLog(connection, log).map((what) => found("log", what)),
    ...checkMissing(connection, log, otherNodes).map(({ event, why }) => found(why, `${describe(event)} was not sent`)),
    ...checkLeaks(connection, log, otherNodes).map((event) =>
      found("audience", `${describe(event)} was sent to one who may not see it`),
    ),
    ...checkOut(connection, log, otherNodes).map((what) => found("out", what)),
  ];
}

const describe = (event: LogEvent) => `seq ${event.seq} (${event.type} ${JSON.stringify(event.ids)})`;

function checkOrder(connection: ConnectionRecord): string[] {
  const faults: string[] = [];
  let position: number | undefined;
  for (const entry of connection.entries) {
    if (entry.kind === "snapshot") continue;
    if (entry.kind === "hello") {
      if (position !== undefined) faults.push("hello was said twice");
      position = connection.isResumed ? Math.max(entry.seq, connection.after?.seq ?? 0) : entry.seq;
    } else if (position === undefined) {
      faults.push(`a frame (${entry.kind}) came before hello`);
    } else if (entry.kind === "event") {
      if (entry.seq <= position) faults.push(`seq ${entry.seq} (${entry.type}) came after ${position}`);
      position = Math.max(position, entry.seq);
    } else if (entry.kind === "pong") {
      if (entry.seq < position) faults.push(`a pong with seq ${entry.seq} came after ${position}`);
      position = Math.max(position, entry.seq);
    } else if (entry.kind === "fault") {
      faults.push(`a frame can't be read: ${entry.reason}`);
    }
  }
  return faults;
}

/** A cursor is gone on from, or the tab is told why not. */
function checkAnswered(connection: ConnectionRecord): string[] {
  const { after, hello, entries } = connection;
  if (after === undefined || hello === undefined || connection.isResumed) return [];
  const next = entries
    .slice(entries.indexOf(hello) + 1)
    .find((entry) => entry.kind !== "snapshot" && entry.kind !== "other");
  if (next === undefined || next.kind === "resync") return [];
  return [`hello went from ${after.seq} to ${hello.seq}, and no resync said why`];
}

function checkAgainstLog(connection: ConnectionRecord, log: WorkspaceLog): string[] {
  const replayEnd = replayEndOf(connection);
  const faults: string[] = [];
  for (const frame of eventsOf(connection)) {
    const event = log[frame.seq - 1];
    const form = event && wireFormOf(event);
    if (form === undefined) {
      faults.push(`${frame.type} with seq ${frame.seq} was sent: the log has ${event?.type ?? "nothing"} there`);
      continue;
    }
    // What a tab missed may be told as the entity's present state instead of what happened to it.
    const isToldAs =
      frame.type === form.type || (frame.seq <= replayEnd && familyOf(frame.type) === familyOf(form.type));
    if (!isToldAs || frame.entity !== form.entity) {
      faults.push(
        `seq ${frame.seq} was told as ${frame.type} of ${frame.entity}: the log has ${describe(event as LogEvent)}`,
      );
    }
  }
  return faults;
}

const familyOf = (type: string) =>
  type.replace(/^(workspace\.member|workspace\.role|workspace\.invite|team)\..*/, "$1");

/** Up to which seq the node may have told of what was missed instead of what happened; 0 where nothing was missed. */
export function replayEndOf(connection: ConnectionRecord): number {
  if (!connection.isResumed) return 0;
  const pong = connection.entries.find((entry) => entry.kind === "pong");
  return pong?.kind === "pong" ? pong.seq : Number.POSITIVE_INFINITY;
}

/** The events that should have been sent on the connection by the time that it got as far as it did. */
export function checkMissing(
  connection: ConnectionRecord,
  log: WorkspaceLog,
  otherNodes?: OtherNodes,
): { event: LogEvent; why: "missing" | "audience" }[] {
  const { hello } = connection;
  if (hello === undefined) return [];
  const seen = new Set(eventsOf(connection).map((entry) => entry.seq));
  const begin = Math.max(hello.seq, connection.isResumed ? (connection.after?.seq ?? 0) : 0, coveredUpTo(connection));
  const replayEnd = replayEndOf(connection);
  const invites = new InviteWatch(connection, log, replayEnd, otherNodes !== undefined);
  const missing: { event: LogEvent; why: "missing" | "audience" }[] = [];
  for (const event of log.slice(begin, reachedBy(connection))) {
    const form = wireFormOf(event);
    if (form === undefined || seen.has(event.seq)) continue;
    if (form.audience === "inviters" && invites.mayAt(event.seq) !== true) continue;
    if (form.holdsState && findFrom(log, event.seq, (later) => deletes(later, form.entity)) !== undefined) continue;
    const next = findFrom(log, event.seq, (later) => wireFormOf(later)?.entity === form.entity);
    if (next !== undefined && next.seq <= replayEnd) continue;
    missing.push({ event, why: form.audience === "inviters" ? "audience" : "missing" });
  }
  return missing;
}

// A resync's snapshot holds all up to its seq. One for new permissions comes in the middle of a stream that goes on.
function coveredUpTo(connection: ConnectionRecord): number {
  let covered = 0;
  let hasBegun = false;
  for (const entry of connection.entries) {
    if (entry.kind === "event") hasBegun = true;
    if (entry.kind !== "resync") continue;
    if (coversWhatWasMissed(entry.reason) || !hasBegun) covered = Math.max(covered, entry.seq);
  }
  return covered;
}

// A pong comes behind everything up to its seq.
function reachedBy(connection: ConnectionRecord): number {
  return connection.entries.reduce(
    (reached, entry) => (entry.kind === "event" || entry.kind === "pong" ? Math.max(reached, entry.seq) : reached),
    0,
  );
}

function deletes(event: LogEvent, entity: string): boolean {
  const form = wireFormOf(event);
  if (form === undefined) return false;
  if (form.type === "workspace.deleted") return true;
  return form.entity === entity && (form.type.endsWith(".deleted") || form.type === "workspace.member.left");
}

function checkLeaks(connection: ConnectionRecord, log: WorkspaceLog, otherNodes?: OtherNodes): LogEvent[] {
  const invites = new InviteWatch(connection, log, replayEndOf(connection), otherNodes !== undefined);
  return eventsOf(connection)
    .filter((frame) => frame.type.startsWith("workspace.invite.") && invites.mayAt(frame.seq) === false)
    .map((frame) => log[frame.seq - 1])
    .filter((event) => event !== undefined);
}

/** How long a socket whose membership or session is over may take to close, on a machine that has much to do. */
export const closingPatienceMs = 20_000;

/** The frame that told the tab of its own end. */
export function closingEntry(connection: ConnectionRecord): EventEntry | undefined {
  return eventsOf(connection).find(
    (entry) =>
      entry.type === "workspace.deleted" ||
      (entry.type === "workspace.member.left" && entry.entity === connection.memberId),
  );
}

const codesOfAnEnd = [4401, 4403];
// What else may end it first: too slow, too many, a node that goes away.
const otherCodes = [1000, 1001, 1012, 4408, 4429];

function checkOut(connection: ConnectionRecord, log: WorkspaceLog, otherNodes?: OtherNodes): string[] {
  const faults: string[] = [];
  const closing = closingEntry(connection);
  if (closing !== undefined) {
    const later = connection.entries
      .slice(connection.entries.indexOf(closing) + 1)
      .find((entry) => entry.kind !== "snapshot");
    if (later !== undefined) faults.push(`a frame (${later.kind}) came after ${closing.type}`);
    faults.push(...checkClosing(connection, closing));
  }
  const left = log.find(
    (event) => event.type === "workspaces.member.left" && event.ids.member_id === connection.memberId,
  );
  const leak = left && eventsOf(connection).find((entry) => entry.seq > left.seq);
  if (leak !== undefined) faults.push(`seq ${leak.seq} was sent to a member who left with seq ${left?.seq}`);

  const { endedAt } = connection.session;
  if (endedAt !== undefined) {
    // The clock is one, and whoever has got the answer acts after it.
    const late = eventsOf(connection).find(
      (entry) => (log[entry.seq - 1]?.occurredAt ?? 0) > endedAt && !otherNodes?.mayNotKnow(endedAt, entry.at),
    );
    if (late !== undefined) faults.push(`seq ${late.seq} happened after the session had ended, and was sent`);
  }
  return faults;
}

function checkClosing(connection: ConnectionRecord, closing: EventEntry): string[] {
  const { closeCode, closedAt, disturbedAt } = connection;
  if (disturbedAt !== undefined) return [];
  if (closedAt === undefined) {
    return Date.now() - closing.at > closingPatienceMs
      ? [`${closing.type} was sent, and the socket is still open`]
      : [];
  }
  const isRight = closeCode !== undefined && (codesOfAnEnd.includes(closeCode) || otherCodes.includes(closeCode));
  return isRight || closedAt - closing.at > closingPatienceMs
    ? []
    : [`${closing.type} was followed by close code ${closeCode}`];
}
