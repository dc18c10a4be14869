import {
  eachSignalKinds,
  type RoomJoinedEvent,
  type RoomLeftEvent,
  type RoomPresenceEvent,
  type RoomSignalEvent,
} from "@orbit/catalog";
import { Backoff } from "../backoff.ts";
import { FrameBatch } from "../frame_batch.ts";
import { ClientEventError } from "../outbox.ts";
import type { RealtimeStatus } from "../status.ts";
import type { ClientRooms } from "./client_rooms.ts";
import { LatestSignal } from "./latest_signal.ts";
import { type Peers, PeersDraft, type RoomStatus, type Signal } from "./room_state.ts";

export type RoomEvent = RoomJoinedEvent | RoomLeftEvent | RoomPresenceEvent | RoomSignalEvent;

/** Who uses a membership. */
export interface RoomUser {
  statusIs(status: RoomStatus): void;
  peersAre(peers: Peers): void;
  signalled(signal: Signal): void;
}

/** Kinds of which the node keeps a member's newest value. */
export const kindLimit = 16;
/** The node's bound of a payload. */
export const payloadLimit = 1024;
/** How many signals of a client that are delivered each may wait to be sent. */
export const waitingLimit = 20;

const retryAfterMs = 1_000;
const nobody: Peers = new Map();
/** Refusals that say nothing of the room. */
const passing = /^(timeout|dropped|overloaded|internal|database\..*)$/;

/** One client's being in one room, on behalf of all who use it: joins with the first, leaves with the last. */
export class RoomMembership {
  readonly #id: string;
  readonly #rooms: ClientRooms;
  readonly #users = new Set<RoomUser>();
  readonly #signals = new Map<string, LatestSignal>();
  readonly #batch = new FrameBatch<RoomEvent>((events) => this.#apply(events));
  readonly #backoff = new Backoff();
  #status: RoomStatus = { state: "joining" };
  #peers = nobody;
  #attempt = 0;
  #isAsked = false;
  #leavesAsked = 0;
  // All of the room's durable events up to here have come; undefined where nobody wants them from somewhere on.
  #after: number | undefined;
  // The node has answered the latest asking: what the connection brings from then on is without a gap.
  #isCurrent = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #leaveTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(id: string, rooms: ClientRooms) {
    this.#id = id;
    this.#rooms = rooms;
  }

  get status(): RoomStatus {
    return this.#status;
  }

  get peers(): Peers {
    return this.#peers;
  }

  /** With `after`, the user wants the room's durable events from there on. */
  add(user: RoomUser, after?: number): void {
    this.#users.add(user);
    clearTimeout(this.#leaveTimer);
    const isMore = after !== undefined && (this.#after === undefined || after < this.#after);
    if (isMore) {
      this.#after = after;
      this.#isCurrent = false;
      this.#rooms.followHistory();
    }
    if (this.#isAsked) {
      if (isMore && this.#rooms.isConnected) this.#join();
      return;
    }
    const status = this.#rooms.client.status.get();
    this.#setStatus({ state: status.state === "ended" && status.reason !== "closed" ? "left" : "joining" });
    if (this.#rooms.isConnected) this.#join();
  }

  // One who goes may be followed by another in the same turn, as when a page changes: the room doesn't notice.
  remove(user: RoomUser): void {
    this.#users.delete(user);
    if (this.#users.size === 0) this.#leaveTimer = setTimeout(() => this.#leave(), 0);
  }

  /** False where it is dropped. Throws where the payload is too large, or of too many kinds. */
  signal(kind: string, payload: unknown): boolean {
    const json = JSON.stringify(payload);
    if (json.length > payloadLimit / 4 && new TextEncoder().encode(json).length > payloadLimit) {
      throw new RangeError(`a signal's payload is at most ${payloadLimit} bytes`);
    }
    const { state } = this.#status;
    if (eachSignalKinds.includes(kind)) {
      if (state !== "joined" || this.#rooms.pace.waiting >= waitingLimit) return false;
      this.#rooms.pace.enqueue(() => {
        if (this.#status.state === "joined") this.#send(kind, payload);
      });
      return true;
    }
    if (state !== "joined" && state !== "joining") return false;
    let signal = this.#signals.get(kind);
    if (signal === undefined) {
      if (this.#signals.size >= kindLimit) throw new RangeError(`a room takes at most ${kindLimit} kinds of signals`);
      signal = new LatestSignal((newest) => {
        const isSent = this.#rooms.pace.take();
        if (isSent) this.#send(kind, newest);
        return isSent;
      }, state === "joining");
      this.#signals.set(kind, signal);
    }
    signal.set(payload);
    return true;
  }

  /** There is a new connection, on which nothing was said yet; in another history, that begins at `anew`. */
  greeted(anew?: number): void {
    this.#wait();
    if (anew !== undefined && this.#after !== undefined) this.#after = anew;
    this.#leavesAsked = 0;
    if (this.#users.size === 0) this.#forget();
    else this.#join();
  }

  connectionIs(state: RealtimeStatus["state"]): void {
    if (state === "ended") this.#end({ state: "left" });
    else if (state === "connecting" || (state === "offline" && this.#isAsked)) this.#wait();
  }

  /** The connection has brought everything up to this seq. */
  saw(seq: number): void {
    if (this.#isCurrent && this.#after !== undefined && seq > this.#after) this.#after = seq;
  }

  heard(event: RoomEvent): void {
    if (event.type === "room.left") {
      if (this.#leavesAsked > 0) this.#leavesAsked--;
      else this.#end({ state: "left" });
    } else if (this.#isAsked) {
      if (event.type === "room.signal") for (const user of [...this.#users]) user.signalled(event);
      this.#batch.add(event);
    }
  }

  #join(): void {
    clearTimeout(this.#retry);
    this.#isAsked = true;
    this.#isCurrent = false;
    const attempt = ++this.#attempt;
    this.#rooms.pace.enqueue(() => {
      if (attempt !== this.#attempt) return;
      const after = this.#after;
      const asking = { type: "room.join", room: this.#id } as const;
      this.#rooms.client.request(after === undefined ? asking : { ...asking, after }).then(
        () => {
          if (attempt === this.#attempt) this.#caughtUp();
        },
        (error: unknown) => {
          if (attempt === this.#attempt) this.#onRefused(error instanceof ClientEventError ? error.code : "internal");
        },
      );
    });
  }

  // What the room missed comes before the reply.
  #caughtUp(): void {
    this.#isCurrent = true;
    this.saw(this.#rooms.seen);
  }

  #onRefused(code: string): void {
    if (!passing.test(code)) return this.#end({ state: "refused", code });
    this.#retry = setTimeout(() => {
      if (this.#rooms.isConnected) this.#join();
    }, retryAfterMs + this.#backoff.next(Math.random));
  }

  /** What the peers showed last stays; what is to be signalled waits. */
  #wait(): void {
    this.#isCurrent = false;
    this.#batch.flush();
    for (const signal of this.#signals.values()) signal.hold();
    this.#setStatus({ state: "joining" });
  }

  #leave(): void {
    const isIn = this.#isAsked && this.#rooms.isConnected;
    this.#end({ state: "left" });
    this.#after = undefined;
    if (!isIn) return this.#forget();
    this.#leavesAsked++;
    const done = () => {
      if (this.#users.size === 0) this.#forget();
    };
    this.#rooms.pace.enqueue(() => {
      this.#rooms.client.request({ type: "room.leave", room: this.#id }).then(done, () => {
        if (this.#leavesAsked > 0) this.#leavesAsked--;
        done();
      });
    });
  }

  /** Not in the room any more, and not on the way in. */
  #end(status: RoomStatus): void {
    clearTimeout(this.#retry);
    this.#attempt++;
    this.#isAsked = false;
    this.#isCurrent = false;
    this.#batch.flush();
    for (const signal of this.#signals.values()) signal.hold();
    this.#signals.clear();
    this.#setPeers(nobody);
    this.#setStatus(status);
  }

  #forget(): void {
    clearTimeout(this.#leaveTimer);
    this.#rooms.forget(this.#id, this);
  }

  #send(kind: string, payload: unknown): void {
    this.#rooms.client.send({ type: "room.signal", room: this.#id, kind, payload });
  }

  #apply(events: readonly RoomEvent[]): void {
    if (!this.#isAsked) return;
    const draft = new PeersDraft(this.#peers, this.#rooms.client.stores.you.get());
    for (const event of events) {
      if (event.type === "room.joined") draft.replace(event.members);
      else if (event.type === "room.signal") draft.set(event);
      else if (event.type === "room.presence" && event.online) draft.add(event.memberId);
      else if (event.type === "room.presence") draft.remove(event.memberId);
    }
    this.#setPeers(draft.result);
    if (this.#status.state !== "joining" || !events.some(({ type }) => type === "room.joined")) return;
    this.#backoff.reset();
    this.#setStatus({ state: "joined" });
    for (const signal of this.#signals.values()) signal.release();
  }

  #setPeers(peers: Peers): void {
    if (this.#peers === peers) return;
    this.#peers = peers;
    for (const user of [...this.#users]) user.peersAre(peers);
  }

  #setStatus(status: RoomStatus): void {
    if (this.#status.state === status.state && status.state !== "refused") return;
    this.#status = status;
    for (const user of [...this.#users]) user.statusIs(status);
  }
}
