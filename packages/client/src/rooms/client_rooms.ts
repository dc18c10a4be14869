import type { HelloEvent } from "@orbit/catalog";
import type { RealtimeClient } from "../realtime_client.ts";
import { Pace } from "./pace.ts";
import { RoomMembership } from "./room_membership.ts";

/** The rooms that one client is in, or is on its way into or out of: one membership for each, however many use it. */
export class ClientRooms {
  static readonly #all = new WeakMap<RealtimeClient, ClientRooms>();
  readonly client: RealtimeClient;
  readonly pace = new Pace();
  readonly #memberships = new Map<string, RoomMembership>();
  #stopListening: (() => void) | undefined;
  #stopFollowing: (() => void) | undefined;
  #epoch: string | undefined;
  #seen = 0;

  static of(client: RealtimeClient): ClientRooms {
    let rooms = ClientRooms.#all.get(client);
    if (rooms === undefined) {
      rooms = new ClientRooms(client);
      ClientRooms.#all.set(client, rooms);
    }
    return rooms;
  }

  private constructor(client: RealtimeClient) {
    this.client = client;
  }

  get(id: string): RoomMembership {
    let membership = this.#memberships.get(id);
    if (membership === undefined) {
      membership = new RoomMembership(id, this);
      this.#memberships.set(id, membership);
      this.#stopListening ??= this.#listen();
    }
    return membership;
  }

  /** The newest seq that the present connection has brought. */
  get seen(): number {
    return this.#seen;
  }

  /** From here on, events that the catalog doesn't know count as seen, too: rooms have their own. */
  followHistory(): void {
    this.#stopFollowing ??= this.client.onUnknownEvent(({ seq }) => {
      if (Number.isSafeInteger(seq)) this.#see(seq as number);
    });
  }

  /** Whether the client can be heard by the node now. */
  get isConnected(): boolean {
    const { state } = this.client.status.get();
    return state === "live" || state === "catching-up";
  }

  /** Nobody uses it any more, and the node knows. */
  forget(id: string, membership: RoomMembership): void {
    if (this.#memberships.get(id) !== membership) return;
    this.#memberships.delete(id);
    if (this.#memberships.size > 0) return;
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.#stopFollowing?.();
    this.#stopFollowing = undefined;
  }

  #see(seq: number): void {
    if (seq <= this.#seen) return;
    this.#seen = seq;
    for (const membership of this.#memberships.values()) membership.saw(seq);
  }

  // Seqs count in one history only.
  #greet({ epoch, seq }: HelloEvent): void {
    const before = this.#epoch ?? this.client.cursor?.epoch ?? epoch;
    this.#epoch = epoch;
    this.#seen = seq;
    this.pace.reset();
    for (const membership of [...this.#memberships.values()]) membership.greeted(before === epoch ? undefined : seq);
  }

  #listen(): () => void {
    const stopEvents = this.client.onEvent((event) => {
      if (event.type === "hello") this.#greet(event);
      else if ("room" in event) this.#memberships.get(event.room)?.heard(event);
      else if ("seq" in event) this.#see(event.seq);
    });
    const status = this.client.status.subscribe(({ state }) => {
      for (const membership of [...this.#memberships.values()]) membership.connectionIs(state);
    });
    return () => {
      stopEvents();
      status.unsubscribe();
    };
  }
}
