import {
  type ClientEvent,
  checkServerFrame,
  type HelloEvent,
  type Permission,
  type ServerEvent,
  type UnknownFrame,
  type WorkspaceSnapshotDTO,
} from "@orbit/catalog";
import { Store } from "@tanstack/store";
import { applyServerEvent } from "./apply_server_event.ts";
import { Connection, type SocketLike } from "./connection.ts";
import { debugLog } from "./debug_log.ts";
import { FrameBatch } from "./frame_batch.ts";
import { Hydration } from "./hydration.ts";
import { Outbox } from "./outbox.ts";
import { watchPage } from "./page_lifecycle.ts";
import { type FetchSnapshot, fetchSnapshot, SnapshotRefused } from "./snapshot.ts";
import type { EndReason, RealtimeStatus } from "./status.ts";
import { tell } from "./tell.ts";
import { StateDraft } from "./workspace_state.ts";
import { can, commit, createStores, type Readable, stateOf, type WorkspaceStores } from "./workspace_stores.ts";

export interface ConnectOptions {
  /** The workspace's slug. */
  readonly workspace: string;
  /** Where the node is: "https://app.example". The page's own origin unless given. */
  readonly url?: string;
  /** Reads the snapshot; `fetch` with the session cookie unless given. */
  readonly fetchSnapshot?: FetchSnapshot;
  /** A snapshot that is there already, from server rendering or a cache: shown at once, and brought up to date. */
  readonly snapshot?: WorkspaceSnapshotDTO;
  /** Opens a socket. On Node 20: `(url) => new WebSocket(url, { headers: { cookie, origin } })` with the package `ws`. */
  readonly openSocket?: (url: string) => SocketLike;
  /** From 0 to 1, for the jitter. */
  readonly random?: () => number;
}

/** The last event that the stores hold. */
export interface Cursor {
  readonly epoch: string;
  readonly seq: number;
}

/** What is known of a frame beside its event. */
export interface FrameInfo {
  /** Its length in characters. */
  readonly size: number;
  /** When it arrived: milliseconds, as of Date.now. */
  readonly receivedAt: number;
}

export type EventTap = (event: ServerEvent, frame: FrameInfo) => void;
export type UnknownTap = (frame: UnknownFrame) => void;

/** How many events wait for a snapshot before it is fetched anew instead. */
export const bufferLimit = 10_000;
const askAgainAfterMs = 30_000;

/** Opens a workspace: one WebSocket, and stores that show what the server has committed. Call `close()` when done. */
export function connect(options: ConnectOptions): RealtimeClient {
  const client = new RealtimeClient(options);
  client.open();
  return client;
}

/** One workspace as a tab sees it. Does nothing until `open()`, so that it can be made while rendering. */
export class RealtimeClient {
  readonly #status = new Store<RealtimeStatus>({ state: "connecting" });
  readonly #stores = createStores();
  readonly #taps = new Set<EventTap>();
  readonly #unknownTaps = new Set<UnknownTap>();
  readonly #batch = new FrameBatch<ServerEvent>((events) => this.#apply(events));
  readonly #outbox = new Outbox((text) => this.#connection.send(text));
  readonly #connection: Connection;
  readonly #hydration: Hydration;
  /** The workspace's slug. */
  readonly workspace: string;
  readonly #fetchSnapshot: (signal: AbortSignal) => Promise<WorkspaceSnapshotDTO>;
  readonly #debug: (message: string, ...details: unknown[]) => void;
  #stopWatching: () => void = () => {};
  #cursor: Cursor | undefined;
  #epoch = "";
  #buffer: ServerEvent[] = [];
  #isAway = false;
  #isOpen = false;
  #wasDeleted = false;
  #askAgainAt = 0;
  #dropped = { malformed: 0, unknown: 0 };

  constructor(options: ConnectOptions) {
    const { workspace, url = globalThis.location?.origin ?? "", random = Math.random } = options;
    const read = options.fetchSnapshot ?? fetchSnapshot;
    const open = options.openSocket ?? ((address: string): SocketLike => new WebSocket(address));
    this.workspace = workspace;
    this.#fetchSnapshot = (signal) => read({ url, workspace, signal });
    const debug = debugLog.bind(undefined, workspace);
    this.#connection = new Connection(
      () => open(this.#address(url, workspace)),
      {
        frame: (text) => this.#onFrame(text),
        binary: () => this.#drop("a binary frame"),
        lost: (code, greeted, attempt, retryAt) => this.#onLost(code, greeted, attempt, retryAt),
        refused: (code) => this.#end(code === 4401 ? "session_ended" : "membership_ended"),
        debug,
      },
      random,
    );
    this.#hydration = new Hydration(
      this.#fetchSnapshot,
      { done: (snapshot) => this.#onSnapshot(snapshot), refused: (status) => this.#onRefused(status), debug },
      random,
    );
    this.#debug = debug;
    if (options.snapshot !== undefined) this.#show(options.snapshot);
  }

  /** Opens the connection; again after `close()`, too. Does nothing while it is open, or after the server ended it. */
  open(): void {
    if (this.#isOpen || this.#wasEndedByServer) return;
    this.#isOpen = true;
    this.#setStatus({ state: "connecting" });
    this.#stopWatching = watchPage({
      wake: () => this.#connection.wake(),
      away: (isAway) => this.#setAway(isAway),
      leave: () => this.#leave(),
      enter: () => this.#enter(),
    });
    this.#connection.connect();
  }

  /** How the connection stands. */
  get status(): Readable<RealtimeStatus> {
    return this.#status;
  }

  /** The workspace, in parts that each tell of their own changes. */
  get stores(): WorkspaceStores {
    return this.#stores;
  }

  /** undefined while the stores wait for a snapshot. */
  get cursor(): Cursor | undefined {
    return this.#cursor;
  }

  /** How many frames were left aside: malformed ones, and those of unknown types that no tap heard of. */
  get dropped(): { readonly malformed: number; readonly unknown: number } {
    return { ...this.#dropped };
  }

  /** Whether your role holds the permission now. */
  can(permission: Permission): boolean {
    return can(this.#stores, permission);
  }

  /** Hears of every event as it arrives, before the stores do. Returns a function that stops it. */
  onEvent(tap: EventTap): () => void {
    this.#taps.add(tap);
    return () => this.#taps.delete(tap);
  }

  /**
   * Hears of every frame whose type the catalog doesn't know: events that an app has added for itself. Nothing of such a
   * frame was checked but its type. Returns a function that stops it.
   */
  onUnknownEvent(tap: UnknownTap): () => void {
    this.#unknownTaps.add(tap);
    return () => this.#unknownTaps.delete(tap);
  }

  /** Sends, or keeps for the next connection; at most 100 wait, then the oldest is dropped. */
  send(event: ClientEvent): void {
    if (this.#isOpen) this.#outbox.post(event);
  }

  /** Sends, and resolves with the server's reply. Rejects with a ClientEventError. */
  request(event: ClientEvent): Promise<void> {
    const reply = this.#outbox.request(event);
    if (!this.#isOpen) this.#outbox.close();
    return reply;
  }

  /** Closes the connection and keeps what the stores show. */
  close(): void {
    this.#end("closed");
  }

  get #wasEndedByServer(): boolean {
    const status = this.#status.get();
    return status.state === "ended" && status.reason !== "closed";
  }

  #address(url: string, workspace: string): string {
    const address = new URL("/v1/ws", url);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    address.searchParams.set("workspace", workspace);
    if (this.#cursor !== undefined) {
      address.searchParams.set("after", String(this.#cursor.seq));
      address.searchParams.set("epoch", this.#cursor.epoch);
    }
    return address.href;
  }

  #onFrame(text: string): void {
    const frame = checkServerFrame(text);
    if (frame.kind === "malformed") return this.#drop(frame.reason);
    if (frame.kind === "unknown") {
      if (this.#unknownTaps.size === 0) this.#dropped.unknown++;
      this.#debug(`unknown event ${frame.frame.type}`);
      tell(this.#unknownTaps, (tap) => tap(frame.frame));
      if (frame.seq !== undefined) {
        this.#batch.flush();
        this.#advance(frame.seq);
      }
      return;
    }
    const { event } = frame;
    this.#debug(event.type, event);
    tell(this.#taps, (tap) => tap(event, { size: text.length, receivedAt: Date.now() }));
    this.#onEvent(event);
  }

  #onEvent(event: ServerEvent): void {
    switch (event.type) {
      case "hello":
        return this.#onHello(event);
      case "resync":
        this.#epoch = event.epoch;
        // Behind a hello that could not go on from the cursor, it asks for what has begun already.
        if (!this.#hydration.covers(event.epoch, event.seq)) this.#hydrate(event.seq);
        return;
      case "pong":
        if (this.#hydration.isRunning) return;
        this.#batch.flush();
        this.#advance(event.seq);
        if (this.#status.get().state === "catching-up") this.#setStatus({ state: "live" });
        return;
      case "reply":
        return this.#outbox.answered(event.ref);
      case "error":
        if (event.ref !== undefined) this.#outbox.answered(event.ref, event);
        return;
      case "workspace.deleted":
        this.#wasDeleted = true;
        break;
    }
    if (this.#hydration.isRunning) this.#keep(event);
    else this.#batch.add(event);
  }

  #onHello(hello: HelloEvent): void {
    this.#connection.greeted(hello.heartbeatMs);
    this.#epoch = hello.epoch;
    this.#apply([hello]);
    this.#setStatus({ state: "catching-up" });
    if (this.#isAway) this.#connection.send('{"type":"presence.away"}');
    this.#outbox.flush();
    // The server goes on from the cursor where it can, and says so with its seq; then all that was missed is here by the
    // time it answers a ping.
    if (this.#cursor?.epoch === hello.epoch && hello.seq <= this.#cursor.seq) {
      this.#connection.send('{"type":"ping"}');
    } else {
      this.#hydrate(hello.seq);
    }
  }

  #hydrate(seq: number): void {
    this.#batch.flush();
    this.#cursor = undefined;
    // A snapshot makes up for durable events only, and not for the presence of those who left.
    this.#buffer = this.#buffer.filter((event) => !isDurable(event) || event.type === "workspace.member.left");
    if (this.#connection.isGreeted) this.#setStatus({ state: "catching-up" });
    this.#hydration.start(this.#epoch, seq);
  }

  #keep(event: ServerEvent): void {
    this.#buffer.push(event);
    if (this.#buffer.length <= bufferLimit) return;
    this.#hydrate(this.#buffer.findLast(isDurable)?.seq ?? 0);
  }

  #onSnapshot(snapshot: WorkspaceSnapshotDTO): void {
    const buffer = this.#buffer;
    this.#buffer = [];
    const draft = new StateDraft(stateOf(this.#stores));
    draft.hydrate(snapshot);
    this.#cursor = { epoch: snapshot.epoch, seq: snapshot.seq };
    this.#applyTo(draft, buffer);
    this.#setStatus({ state: "live" });
  }

  // Before there is a stream, a snapshot tells of presence too.
  #show(snapshot: WorkspaceSnapshotDTO): void {
    const draft = new StateDraft(stateOf(this.#stores));
    draft.hydrate(snapshot);
    draft.setPresence(snapshot.presence);
    this.#cursor = { epoch: snapshot.epoch, seq: snapshot.seq };
    commit(this.#stores, draft);
  }

  #apply(events: readonly ServerEvent[]): void {
    this.#applyTo(new StateDraft(stateOf(this.#stores)), events);
  }

  // What the snapshot holds already, an event doesn't tell again.
  #applyTo(draft: StateDraft, events: readonly ServerEvent[]): void {
    for (const event of events) {
      if (isDurable(event)) {
        if (this.#cursor !== undefined && event.seq <= this.#cursor.seq) {
          // The snapshot that holds it doesn't tell of presence, and hello may have counted them in.
          if (event.type === "workspace.member.left") draft.presence.delete(event.memberId);
          continue;
        }
        this.#advance(event.seq);
      }
      applyServerEvent(draft, event);
    }
    commit(this.#stores, draft);
  }

  #advance(seq: number): void {
    if (this.#cursor !== undefined && seq > this.#cursor.seq) this.#cursor = { ...this.#cursor, seq };
  }

  #onLost(code: number, greeted: boolean, attempt: number, retryAt: number): void {
    this.#debug("lost", code, attempt);
    this.#hydration.stop();
    this.#buffer = [];
    this.#batch.flush();
    this.#setStatus({ state: "offline", attempt, retryAt });
    if (!greeted) void this.#askWhy();
  }

  // A browser doesn't tell why a handshake was refused; the snapshot's answer does. If that is given, it was for another
  // reason, and there is no use in asking again soon.
  async #askWhy(): Promise<void> {
    if (Date.now() < this.#askAgainAt) return;
    try {
      await this.#fetchSnapshot(new AbortController().signal);
      this.#askAgainAt = Date.now() + askAgainAfterMs;
    } catch (error) {
      if (error instanceof SnapshotRefused && this.#status.get().state === "offline") this.#onRefused(error.status);
    }
  }

  #onRefused(status: number): void {
    if (status === 401) this.#end("session_ended");
    else if (status === 403 || status === 404) this.#end("membership_ended");
  }

  #setAway(isAway: boolean): void {
    if (this.#isAway === isAway) return;
    this.#isAway = isAway;
    this.#connection.send(isAway ? '{"type":"presence.away"}' : '{"type":"presence.back"}');
  }

  // The page may be kept in the back-forward cache, where no socket lives on.
  #leave(): void {
    this.#connection.close();
    this.#hydration.stop();
    this.#buffer = [];
    this.#batch.flush();
  }

  #enter(): void {
    this.#setStatus({ state: "offline", attempt: 0, retryAt: Date.now() });
    this.#connection.connect();
  }

  #end(reason: EndReason): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#stopWatching();
    this.#batch.flush();
    this.#hydration.stop();
    this.#buffer = [];
    this.#connection.close();
    this.#outbox.close();
    this.#setStatus({
      state: "ended",
      reason: reason === "membership_ended" && this.#wasDeleted ? "workspace_deleted" : reason,
    });
  }

  #drop(reason: string): void {
    this.#dropped.malformed++;
    this.#debug(`dropped: ${reason}`);
  }

  #setStatus(status: RealtimeStatus): void {
    this.#status.setState(() => status);
  }
}

function isDurable(event: ServerEvent): event is ServerEvent & { seq: number } {
  return "seq" in event && !["hello", "pong", "resync"].includes(event.type);
}
