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
  }

  #listen(): () => void {
    const stopEvents = this.client.onEvent((event) => {
      if (event.type === "hello") {
        this.pace.reset();
        for (const membership of [...this.#memberships.values()]) membership.greeted();
      } else if ("room" in event) {
        this.#memberships.get(event.room)?.heard(event);
      }
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
