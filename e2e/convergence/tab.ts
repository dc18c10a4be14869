import { checkSnapshot, type MemberId, type WorkspaceSnapshotDTO } from "@orbit/catalog";
import { connect, type RealtimeClient, SnapshotRefused, type SnapshotRequest } from "@orbit/client";
import { PresenceWatch } from "@orbit/client/presence";
import WebSocket from "ws";
import { FaultyLink } from "./faulty_link.ts";
import type { Prng } from "./prng.ts";
import { ConnectionRecord, type RoleWord, roleWord, type SessionRecord } from "./recording.ts";

/** A session, with what its holder's browser sends. */
export interface Session extends SessionRecord {
  readonly headers: Readonly<Record<string, string>>;
  /** Snapshots by slug, as the browser keeps them for all its tabs. */
  readonly cache: Map<string, { readonly etag: string; readonly snapshot: WorkspaceSnapshotDTO }>;
}

export interface TabOptions {
  readonly email: string;
  readonly session: Session;
  readonly slug: string;
  /** Says which node a new connection goes to. */
  readonly cluster: { pickPort(): number };
  readonly random: Prng;
}

/** So much of the client's backoff is waited: a run is short. */
const impatience = 0.15;

/** One open tab: a real client behind a faulty link, and a record of all that it was sent. */
export class Tab {
  static #count = 0;
  readonly name: string;
  readonly email: string;
  readonly session: Session;
  readonly slug: string;
  readonly openedAt = Date.now();
  readonly link: FaultyLink;
  readonly connections: ConnectionRecord[] = [];
  /** Every member that the tab was told it is. */
  readonly memberIds = new Set<string>();
  snapshots = 0;
  snapshotsUnchanged = 0;
  /** Set where the person closed the tab. */
  isClosed = false;
  isAway = false;
  readonly #history: string[] = [];
  readonly #sockets = new Map<ConnectionRecord, WebSocket>();
  #client: RealtimeClient | undefined;
  readonly #usesCache: boolean;

  private constructor(options: TabOptions, link: FaultyLink) {
    this.name = `tab ${++Tab.#count} of ${options.email} on ${options.slug}`;
    this.email = options.email;
    this.session = options.session;
    this.slug = options.slug;
    this.link = link;
    this.#usesCache = options.random.chance(0.7);
  }

  static async open(options: TabOptions): Promise<Tab> {
    const { random } = options;
    let tab: Tab | undefined;
    const link = await FaultyLink.open(
      () => options.cluster.pickPort(),
      () => tab?.disturb(),
    );
    tab = new Tab(options, link);
    const snapshot = random.chance(0.3) ? await tab.#firstSnapshot() : undefined;
    tab.#client = connect({
      url: link.url,
      workspace: options.slug,
      openSocket: (url) => tab.#openSocket(url, random.chance(0.3)),
      fetchSnapshot: (request) => tab.#fetchSnapshot(request),
      random: () => random.next() * impatience,
      ...(snapshot === undefined ? {} : { snapshot }),
    });
    tab.#watchEveryone();
    return tab;
  }

  get client(): RealtimeClient {
    if (this.#client === undefined) throw new Error("the tab isn't open yet");
    return this.#client;
  }

  get state(): "connecting" | "catching-up" | "live" | "offline" | "ended" {
    return this.client.status.get().state;
  }

  get lastConnection(): ConnectionRecord | undefined {
    return this.connections.at(-1);
  }

  /** Whether the tab is still to be looked at: neither closed by its person nor ended by the node. */
  get isAlive(): boolean {
    return !this.isClosed && this.state !== "ended";
  }

  /** Remembers what befell it, for the report. */
  note(what: string): void {
    this.#history.push(`${new Date().toISOString().slice(11, 23)} ${what}`);
    if (this.#history.length > 6) this.#history.shift();
  }

  /** What befell it last, and where its connection stands. */
  get circumstances(): string {
    const connection = this.lastConnection;
    const hello = connection?.hello;
    const stand =
      hello === undefined
        ? "never greeted"
        : `${connection?.isResumed ? "resumed" : "began"} at seq ${hello.seq}, ${new Date(hello.at).toISOString().slice(11, 23)}`;
    return `cursor ${this.client.cursor?.seq}, ${stand}; ${this.#history.join(", ") || "nothing befell it"}`;
  }

  // Only in workspaces that are large to the node does this ask for anything.
  #watchEveryone(): void {
    const watched = new Set<MemberId>();
    const watch = PresenceWatch.of(this.client);
    const watchNew = (members: ReadonlyMap<MemberId, unknown>) => {
      for (const id of members.keys()) {
        if (!watched.has(id)) watch.watch(id);
        watched.add(id);
      }
    };
    watchNew(this.client.stores.members.get());
    this.client.stores.members.subscribe(watchNew);
  }

  disturb(): void {
    const now = Date.now();
    for (const connection of this.connections) if (connection.isOpen) connection.disturbedAt = now;
  }

  close(): void {
    this.isClosed = true;
    this.client.close();
  }

  /** Ends the sockets that the client has given up, which the node may still think are open. */
  dropForsaken(): void {
    for (const [record, socket] of this.#sockets) {
      if (!record.isOpen) this.#sockets.delete(record);
      const isInUse = this.isAlive && (record === this.lastConnection || socket.readyState === WebSocket.CONNECTING);
      if (!record.isOpen || isInUse) continue;
      record.disturbedAt = Date.now();
      socket.terminate();
    }
  }

  async turn(event: "presence.away" | "presence.back"): Promise<void> {
    await this.client.request({ type: event }).then(
      () => {
        this.isAway = event === "presence.away";
      },
      () => {},
    );
  }

  /** Takes out the connections that are over. */
  takeClosed(): ConnectionRecord[] {
    const closed = this.connections.filter((one) => !one.isOpen);
    this.connections.splice(0, this.connections.length, ...this.connections.filter((one) => one.isOpen));
    return closed;
  }

  // A page that the server rendered comes with a snapshot.
  async #firstSnapshot(): Promise<WorkspaceSnapshotDTO | undefined> {
    const signal = AbortSignal.timeout(10_000);
    return this.#fetchSnapshot({ url: this.link.url, workspace: this.slug, signal }).catch(() => undefined);
  }

  #openSocket(url: string, compressed: boolean): WebSocket {
    const socket = new WebSocket(url, { headers: this.session.headers, perMessageDeflate: compressed });
    const record = new ConnectionRecord(this.session, url, this.#ownRole);
    this.#sockets.set(record, socket);
    socket.on("open", () => this.connections.push(record));
    socket.on("message", (data) => {
      record.frame(String(data));
      if (record.memberId !== undefined) this.memberIds.add(record.memberId);
    });
    socket.on("close", (code) => {
      record.closedAt = Date.now();
      record.closeCode = code;
    });
    socket.on("error", () => {});
    return socket;
  }

  get #ownRole(): RoleWord | undefined {
    const stores = this.#client?.stores;
    const you = stores?.you.get();
    const member = you && stores?.members.get().get(you);
    return member ? { ...roleWord(member.role), memberId: member.id } : undefined;
  }

  async #fetchSnapshot({ url, workspace, signal }: SnapshotRequest): Promise<WorkspaceSnapshotDTO> {
    this.snapshots++;
    const cached = this.#usesCache ? this.session.cache.get(workspace) : undefined;
    const answer = await fetch(`${url}/v1/workspaces/${workspace}`, {
      headers: { ...this.session.headers, ...(cached && { "If-None-Match": cached.etag }) },
      signal,
    });
    if (answer.status === 304 && cached !== undefined) {
      this.snapshotsUnchanged++;
      return this.#noted(cached.snapshot);
    }
    if (!answer.ok) {
      await answer.body?.cancel();
      throw new SnapshotRefused(answer.status);
    }
    const snapshot = checkSnapshot(await answer.json());
    if (typeof snapshot === "string") throw new Error(`the snapshot is malformed: ${snapshot}`);
    this.session.cache.set(workspace, { etag: answer.headers.get("ETag") ?? "", snapshot });
    return this.#noted(snapshot);
  }

  #noted(snapshot: WorkspaceSnapshotDTO): WorkspaceSnapshotDTO {
    this.memberIds.add(snapshot.you.id);
    const role = { ...roleWord(snapshot.you.role), memberId: snapshot.you.id };
    const connection = this.lastConnection;
    if (connection?.isOpen) connection.entries.push({ kind: "snapshot", at: Date.now(), seq: snapshot.seq, role });
    return snapshot;
  }
}
