import type { ConnectionRecord } from "./recording.ts";
import type { Tab } from "./tab.ts";

const closeNames: Readonly<Record<number, string>> = {
  1006: "cut (1006)",
  4401: "session ended (4401)",
  4403: "membership ended (4403)",
  4408: "too slow (4408)",
};

/** What went over all connections of a run. */
export class Totals {
  readonly resyncs = new Map<string, number>();
  readonly closes = new Map<string, number>();
  tabs = 0;
  connections = 0;
  resumed = 0;
  hydratedAgain = 0;
  deliveries = 0;
  snapshots = 0;
  unchanged = 0;

  addConnection(connection: ConnectionRecord): void {
    if (connection.hello === undefined) return;
    this.connections++;
    if (connection.isResumed) this.resumed++;
    else if (connection.after !== undefined) this.hydratedAgain++;
    for (const entry of connection.entries) {
      if (entry.kind === "event") this.deliveries++;
      if (entry.kind === "resync") count(this.resyncs, entry.reason);
    }
    const { closeCode } = connection;
    if (closeCode !== undefined) count(this.closes, closeNames[closeCode] ?? String(closeCode));
  }

  addTab(tab: Tab): void {
    this.tabs++;
    this.snapshots += tab.snapshots;
    this.unchanged += tab.snapshotsUnchanged;
    for (const connection of tab.connections) this.addConnection(connection);
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
