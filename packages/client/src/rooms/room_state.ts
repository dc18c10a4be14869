import { eachSignalKinds, type MemberId } from "@orbit/catalog";

export type RoomStatus =
  /** Asked to come in, or waiting for a connection to ask on. What the peers showed last stays. */
  | { readonly state: "joining" }
  | { readonly state: "joined" }
  /** The node said no; `code` is its word: "room.forbidden", "room.unknown", "room.too_many". Asked again after a reconnect. */
  | { readonly state: "refused"; readonly code: string }
  /** Closed; or the right to be in it is gone; or the client has ended. */
  | { readonly state: "left" };

/** Somebody else who is in the room. The same object as long as nothing of it changes. */
export interface Peer {
  readonly memberId: MemberId;
  /** Their newest value of each kind of signal. It is what their tab says: nothing of it was checked. */
  readonly latest: ReadonlyMap<string, unknown>;
}

export type Peers = ReadonlyMap<MemberId, Peer>;

/** What somebody in the room signalled. */
export interface Signal {
  readonly memberId: MemberId;
  readonly kind: string;
  /** What their tab says: nothing of it was checked. */
  readonly payload: unknown;
}

const alone: ReadonlyMap<string, unknown> = new Map();

/** Peers while a batch of events is applied to them: copied at the first change. */
export class PeersDraft {
  #peers: Peers;
  #copy: Map<MemberId, Peer> | undefined;
  readonly #you: MemberId | null;

  constructor(peers: Peers, you: MemberId | null) {
    this.#peers = peers;
    this.#you = you;
  }

  get result(): Peers {
    return this.#copy ?? this.#peers;
  }

  /** Exactly these are there; what stands of them, the node tells next. */
  replace(members: readonly MemberId[]): void {
    this.#copy = new Map();
    for (const id of members) this.add(id);
  }

  add(memberId: MemberId): void {
    if (memberId === this.#you || this.result.has(memberId)) return;
    this.#writable().set(memberId, { memberId, latest: alone });
  }

  remove(memberId: MemberId): void {
    if (this.result.has(memberId)) this.#writable().delete(memberId);
  }

  set({ memberId, kind, payload }: Signal): void {
    const peer = this.result.get(memberId);
    if (peer === undefined || eachSignalKinds.includes(kind)) return;
    this.#writable().set(memberId, { memberId, latest: new Map(peer.latest).set(kind, payload) });
  }

  #writable(): Map<MemberId, Peer> {
    this.#copy ??= new Map(this.#peers);
    return this.#copy;
  }
}
