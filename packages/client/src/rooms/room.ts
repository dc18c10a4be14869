import type { MemberId } from "@orbit/catalog";
import { Store } from "@tanstack/store";
import type { RealtimeClient } from "../realtime_client.ts";
import type { Readable } from "../workspace_stores.ts";
import { ClientRooms } from "./client_rooms.ts";
import type { RoomMembership, RoomUser } from "./room_membership.ts";
import type { Peers, RoomStatus, Signal } from "./room_state.ts";

export type SignalListener = (signal: Signal) => void;

export interface RoomOptions {
  /**
   * What you show of the room holds its durable events up to this seq: those after it come once you are in, and whatever
   * was missed in between comes after each reconnect. They arrive as all events do that the catalog doesn't know:
   * `client.onUnknownEvent`, perhaps more than once, in seq order from where they begin again. Where the node can't tell
   * what was missed, the client hears `resync`: read anew what you show.
   */
  readonly after?: number | undefined;
}

/** Goes into a room, and again after each reconnect. Call `close()` when done. */
export function openRoom(client: RealtimeClient, id: string, options: RoomOptions = {}): Room {
  const room = new Room(client, id, options);
  room.open();
  return room;
}

/**
 * One use of a room. Does nothing until `open()`, so that it can be made while rendering. All uses of one room on one
 * client share its one membership: the node is asked once, and told when the last has closed.
 */
export class Room {
  readonly id: string;
  readonly #client: RealtimeClient;
  readonly #status = new Store<RoomStatus>({ state: "joining" });
  readonly #peers = new Store<Peers>(new Map());
  readonly #listeners = new Set<SignalListener>();
  readonly #user: RoomUser = {
    statusIs: (status) => this.#status.setState(() => status),
    peersAre: (peers) => this.#peers.setState(() => peers),
    signalled: (signal) => this.#tell(signal),
  };
  readonly #after: number | undefined;
  #membership: RoomMembership | undefined;

  constructor(client: RealtimeClient, id: string, { after }: RoomOptions = {}) {
    this.#client = client;
    this.#after = after;
    this.id = id;
  }

  /** Goes in. Asks again where it is open and was refused or left. */
  open(): void {
    const after = this.#membership === undefined ? this.#after : undefined;
    this.#membership ??= ClientRooms.of(this.#client).get(this.id);
    this.#membership.add(this.#user, after);
    this.#user.statusIs(this.#membership.status);
    this.#user.peersAre(this.#membership.peers);
  }

  /** How it stands. */
  get status(): Readable<RoomStatus> {
    return this.#status;
  }

  /** Who else is in the room, and what they have signalled. A member's values vanish when they leave. */
  get peers(): Readable<Peers> {
    return this.#peers;
  }

  /** The newest value of a kind, of everybody else who has one. */
  latest(kind: string): ReadonlyMap<MemberId, unknown> {
    return latestOf(this.#peers.get(), kind);
  }

  /**
   * Tells the others in the room. Of a kind that is delivered as the latest, the newest value leaves every 50 ms, and
   * once more after a reconnect; others leave each, as fast as the node takes them. The payload is any JSON of at most
   * 1 KiB. False where it is dropped: in no room, or with too many waiting.
   */
  signal(kind: string, payload: unknown = null): boolean {
    return this.#membership?.signal(kind, payload) ?? false;
  }

  /** Hears of every signal as it arrives; of those from other tabs of yours, too. Returns a function that stops it. */
  onSignal(listener: SignalListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Leaves, unless another still uses the room on this client. */
  close(): void {
    const membership = this.#membership;
    if (membership === undefined) return;
    this.#membership = undefined;
    membership.remove(this.#user);
    this.#user.peersAre(new Map());
    this.#user.statusIs({ state: "left" });
  }

  // One listener that throws stops neither the others nor the client; its error surfaces as any that nobody caught.
  #tell(signal: Signal): void {
    for (const listener of this.#listeners) {
      try {
        listener(signal);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

export function latestOf(peers: Peers, kind: string): ReadonlyMap<MemberId, unknown> {
  const values = new Map<MemberId, unknown>();
  for (const { memberId, latest } of peers.values()) {
    if (latest.has(kind)) values.set(memberId, latest.get(kind));
  }
  return values;
}
