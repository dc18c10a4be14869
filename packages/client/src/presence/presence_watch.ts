import type { MemberId, PresenceDTO, PresenceUpdateEvent, WorkspaceMemberLeftEvent } from "@orbit/catalog";
import { Store } from "@tanstack/store";
import { FrameBatch } from "../frame_batch.ts";
import type { RealtimeClient } from "../realtime_client.ts";
import { TableDraft } from "../table_draft.ts";
import type { Readable } from "../workspace_stores.ts";

/** How a member stands. Of those whom a large workspace doesn't tell of, that is unknown. */
export type MemberPresence = Omit<PresenceDTO, "status"> & { readonly status: PresenceDTO["status"] | "unknown" };

export type WatchedPresence = ReadonlyMap<MemberId, PresenceDTO>;

/** How many members a node tells one tab of. */
export const watchLimit = 200;
/** What changes within this time is asked for together. */
export const gatherMs = 50;
/** So many times in so long it may be asked at most, so that the node still takes what else the tab sends. */
export const asksAtOnce = 5;
export const asksWithinMs = 5_000;

const nobody: ReadonlySet<MemberId> = new Set();

/**
 * Whose presence a client wants to know, on behalf of all who show it. Where the workspace is so large that the node tells
 * only how many are online, the node is asked for them; of more than 200 for those who were wanted last.
 */
export class PresenceWatch {
  static readonly #all = new WeakMap<RealtimeClient, PresenceWatch>();
  readonly #client: RealtimeClient;
  readonly #watched = new Store<WatchedPresence>(new Map());
  readonly #batch = new FrameBatch<PresenceUpdateEvent | WorkspaceMemberLeftEvent>((events) => this.#apply(events));
  readonly #uses = new Map<MemberId, number>();
  #asked = nobody;
  #askedAt: number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopListening: (() => void) | undefined;

  static of(client: RealtimeClient): PresenceWatch {
    let watch = PresenceWatch.#all.get(client);
    if (watch === undefined) {
      watch = new PresenceWatch(client);
      PresenceWatch.#all.set(client, watch);
    }
    return watch;
  }

  private constructor(client: RealtimeClient) {
    this.#client = client;
  }

  /** In a large workspace, what is known of the members that are watched; elsewhere empty, and `stores.presence` knows. */
  get watched(): Readable<WatchedPresence> {
    return this.#watched;
  }

  /** Wants to know of the member until the returned function is called. */
  watch(id: MemberId): () => void {
    const uses = this.#uses.get(id) ?? 0;
    this.#uses.delete(id);
    this.#uses.set(id, uses + 1);
    this.#stopListening ??= this.#listen();
    this.#askSoon();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const left = (this.#uses.get(id) ?? 1) - 1;
      if (left > 0) this.#uses.set(id, left);
      else this.#uses.delete(id);
      this.#askSoon();
    };
  }

  #listen(): () => void {
    const stopEvents = this.#client.onEvent((event) => {
      if (event.type === "hello") {
        this.#asked = nobody;
        this.#askedAt = [];
        clearTimeout(this.#timer);
        this.#timer = undefined;
        this.#askSoon();
        if (event.presence.length > 0) this.#know((draft) => draft.replace([]));
      } else if (event.type === "presence.count") this.#askIfNew();
      else if (event.type === "presence.update" || event.type === "workspace.member.left") this.#batch.add(event);
    });
    const count = this.#client.stores.presenceCount.subscribe(() => this.#askIfNew());
    return () => {
      stopEvents();
      count.unsubscribe();
    };
  }

  #askIfNew(): void {
    if (this.#asked.size === 0) this.#askSoon();
  }

  #askSoon(): void {
    const [first] = this.#askedAt;
    const earliest = first === undefined || this.#askedAt.length < asksAtOnce ? 0 : first + asksWithinMs - Date.now();
    this.#timer ??= setTimeout(() => this.#ask(), Math.max(gatherMs, earliest));
  }

  #ask(): void {
    this.#timer = undefined;
    const { state } = this.#client.status.get();
    const isTold = state === "live" || state === "catching-up";
    if (isTold && this.#client.stores.presenceCount.get() !== null) {
      const memberIds = [...this.#uses.keys()].slice(-watchLimit);
      if (memberIds.length !== this.#asked.size || !memberIds.every((id) => this.#asked.has(id))) {
        this.#asked = new Set(memberIds);
        this.#askedAt = [...this.#askedAt, Date.now()].slice(-asksAtOnce);
        this.#know((draft) => draft.replace([...draft.result].filter(([id]) => this.#asked.has(id))));
        this.#client.send({ type: "presence.watch", memberIds });
      }
    }
    if (this.#uses.size === 0) this.#stop();
  }

  #stop(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.#asked = nobody;
    this.#know((draft) => draft.replace([]));
  }

  #apply(events: readonly (PresenceUpdateEvent | WorkspaceMemberLeftEvent)[]): void {
    this.#know((draft) => {
      for (const event of events) {
        if (event.type === "workspace.member.left") draft.delete(event.memberId);
        else if (this.#asked.has(event.memberId)) {
          const { memberId, online, status, lastSeenAt } = event;
          draft.set(memberId, { memberId, online, status, lastSeenAt });
        }
      }
    });
  }

  #know(change: (draft: TableDraft<MemberId, PresenceDTO>) => void): void {
    const draft = new TableDraft(this.#watched.get());
    change(draft);
    if (draft.result !== this.#watched.get()) this.#watched.setState(() => draft.result);
  }
}
