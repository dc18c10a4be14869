import type { RealtimeClient, WorkspaceStores } from "@orbit/client";
import { PresenceWatch } from "@orbit/client/presence";
import type { WorkspaceLog } from "./event_log.ts";
import { type DatabaseRows, expectedState, readDatabase } from "./expected_state.ts";
import type { Finding } from "./finding.ts";
import {
  checkEnding,
  checkRows,
  comparePresence,
  compareState,
  type LiveSockets,
  type ShownState,
} from "./state_checks.ts";
import { checkStream, closingEntry, closingPatienceMs } from "./stream_checks.ts";
import type { Tab } from "./tab.ts";
import { becomes, sleep } from "./wait.ts";
import type { World } from "./world.ts";

/** How long everything may take to come to rest, on a machine that has much to do. */
const patienceMs = 90_000;
const presencePatienceMs = 60_000;

/** Waits until all has come to rest, then holds every tab against the database and the log. */
export class Verdict {
  readonly #world: World;
  readonly #findings: Finding[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  async reach(): Promise<Finding[]> {
    const { cluster, api, log } = this.#world;
    const { collapse } = cluster;
    if (collapse !== undefined) {
      return [{ check: "node", where: "the node", what: collapse, lastFrames: (await cluster.logTail()).split("\n") }];
    }
    for (const what of api.failures.splice(0)) this.#findings.push({ check: "node", where: "the node", what });
    this.#mend();
    await this.#published();
    await this.#world.copyLog();
    for (const gap of log.gaps) this.#findings.push({ check: "rows", where: "the event log", what: gap });
    const database = await readDatabase(cluster.database);
    this.#checkRows(database);
    await Promise.all(this.#world.tabs.filter((tab) => !tab.isClosed).map((tab) => this.#settle(tab, database)));
    for (const tab of this.#world.tabs) this.#checkTab(tab, database);
    await this.#checkPresence(database);
    this.#checkStreams();
    return this.#findings;
  }

  #mend(): void {
    for (const tab of this.#world.tabs) {
      tab.link.mend();
      tab.dropForsaken();
      if (!tab.isAlive) tab.link.dispose();
    }
  }

  // The relay notes how far it has come a little later than it comes there; nodes that share a database don't.
  async #published(): Promise<void> {
    if (this.#world.cluster.postgresql !== undefined) return;
    await becomes(async () => {
      const behind = await this.#world.cluster.database.query("SELECT 1 FROM streams WHERE published_seq < seq");
      return behind.length === 0;
    }, patienceMs);
  }

  #checkRows(database: DatabaseRows): void {
    const { log } = this.#world;
    const logs = new Map<string, WorkspaceLog>(log.workspaceIds.map((id) => [id, log.of(id)]));
    const tellsPublished = this.#world.cluster.postgresql === undefined;
    this.#findings.push(...checkRows(database, logs, tellsPublished));
  }

  /** Until the tab has every event there is, or has ended; whether it should have is looked at later. */
  async #settle(tab: Tab, database: DatabaseRows): Promise<void> {
    const { client } = tab;
    await becomes(async () => {
      if (tab.state === "ended" || isKeptOpen(tab)) return true;
      const isExpectedToEnd = tab.session.endedAt !== undefined || membershipOf(tab, database) === undefined;
      if (isExpectedToEnd || tab.state !== "live") return false;
      const head = this.#world.log.of(String(client.stores.workspace.get()?.id)).length;
      if ((client.cursor?.seq ?? -1) >= head) return true;
      await client.request({ type: "ping" }).catch(() => {});
      await sleep(150);
      return false;
    }, patienceMs);
  }

  #checkTab(tab: Tab, database: DatabaseRows): void {
    if (tab.isClosed) return;
    const where = `${tab.name} (${tab.circumstances})`;
    const membership = membershipOf(tab, database);
    const status = tab.client.status.get();
    const fault = checkEnding({
      state: status.state,
      reason: status.state === "ended" ? status.reason : undefined,
      isSessionOver: tab.session.endedAt !== undefined,
      memberIds: tab.memberIds,
      memberId: membership?.memberId,
      hasJoinedSince: (membership?.joinedAt ?? 0) > tab.openedAt,
    });
    const lastFrames = tab.lastConnection?.lastFrames ?? [];
    if (fault !== undefined) this.#findings.push({ check: "ending", where, what: fault, lastFrames });
    if (fault !== undefined || status.state === "ended" || membership === undefined) return;
    const rows = database.workspaces.get(membership.workspaceId);
    if (rows === undefined) return;
    for (const difference of compareState(shownBy(tab.client), expectedState(rows), membership.memberId)) {
      this.#findings.push({ check: "stores", where, ...difference, lastFrames });
    }
  }

  /** Some tabs turn away, and all must agree on who is there and who is away. */
  async #checkPresence(database: DatabaseRows): Promise<void> {
    const living = this.#world.livingTabs.filter((tab) => tab.state === "live");
    const away = living.filter((_, i) => i % 3 === 0);
    await Promise.all(away.map((tab) => tab.turn("presence.away")));
    const differences = () =>
      living.flatMap((tab) => {
        const workspaceId = membershipOf(tab, database)?.workspaceId;
        const live = liveSockets(living.filter((one) => membershipOf(one, database)?.workspaceId === workspaceId));
        return comparePresence(shownBy(tab.client), live).map((difference) => ({ tab, difference }));
      });
    await becomes(() => differences().length === 0, presencePatienceMs);
    for (const { tab, difference } of differences()) {
      const lastFrames = tab.lastConnection?.lastFrames ?? [];
      this.#findings.push({
        check: "presence",
        where: `${tab.name} (${tab.circumstances})`,
        ...difference,
        lastFrames,
      });
    }
    await Promise.all(away.map((tab) => tab.turn("presence.back")));
  }

  #checkStreams(): void {
    const { log, cluster } = this.#world;
    const otherNodes = cluster.nodes.length === 1 ? undefined : cluster;
    for (const tab of this.#world.tabs) {
      for (const connection of tab.connections) {
        if (connection.workspaceId === undefined) continue;
        const where = `${tab.name} (${tab.circumstances})`;
        this.#findings.push(...checkStream(connection, log.of(connection.workspaceId), where, otherNodes));
      }
    }
  }
}

const shownBy = (client: RealtimeClient): ShownState => shown(client.stores, PresenceWatch.of(client));

const shown = (stores: WorkspaceStores, watch: PresenceWatch): ShownState => ({
  workspace: stores.workspace.get(),
  you: stores.you.get(),
  members: stores.members.get() as unknown as ShownState["members"],
  roles: stores.roles.get() as unknown as ShownState["roles"],
  teams: stores.teams.get() as unknown as ShownState["teams"],
  invites: stores.invites.get() as unknown as ShownState["invites"],
  subscription: stores.subscription.get(),
  presence: stores.presenceCount.get() === null ? stores.presence.get() : watch.watched.get(),
  onlineCount: stores.onlineCount.get(),
});

/** Told to go, and still connected though nothing was in the way. */
function isKeptOpen(tab: Tab): boolean {
  const connection = tab.lastConnection;
  const closing = connection && closingEntry(connection);
  if (connection === undefined || closing === undefined || !connection.isOpen) return false;
  return Date.now() - closing.at > closingPatienceMs;
}

interface Membership {
  readonly workspaceId: string;
  readonly memberId: string;
  readonly joinedAt: number;
}

function membershipOf(tab: Tab, database: DatabaseRows): Membership | undefined {
  for (const [workspaceId, { workspace, members }] of database.workspaces) {
    if (workspace.slug !== tab.slug) continue;
    const member = members.find((row) => row.email === tab.email);
    return member && { workspaceId, memberId: String(member.id), joinedAt: Number(member.created_at) };
  }
  return undefined;
}

function liveSockets(tabs: readonly Tab[]): LiveSockets {
  const sockets = new Map<string, { open: number; away: number }>();
  for (const tab of tabs) {
    const { memberId = "" } = tab.lastConnection ?? {};
    const { open, away } = sockets.get(memberId) ?? { open: 0, away: 0 };
    sockets.set(memberId, { open: open + 1, away: away + (tab.isAway ? 1 : 0) });
  }
  return sockets;
}
