import type { WorkspaceSnapshotDTO } from "@orbit/catalog";
import { Backoff } from "./backoff.ts";
import { SnapshotRefused } from "./snapshot.ts";

export interface HydrationEvents {
  done(snapshot: WorkspaceSnapshotDTO): void;
  /** The server said no. Unless this stops it, it tries again. */
  refused(status: number): void;
  debug(message: string, ...details: unknown[]): void;
}

/** Fetches a snapshot that is new enough, trying again for as long as it takes; one at a time. */
export class Hydration {
  readonly #fetch: (signal: AbortSignal) => Promise<WorkspaceSnapshotDTO>;
  readonly #events: HydrationEvents;
  readonly #random: () => number;
  #running: AbortController | undefined;
  #epoch = "";
  #seq = 0;

  constructor(
    fetch: (signal: AbortSignal) => Promise<WorkspaceSnapshotDTO>,
    events: HydrationEvents,
    random: () => number,
  ) {
    this.#fetch = fetch;
    this.#events = events;
    this.#random = random;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Whether one is running that will do for this epoch and seq. */
  covers(epoch: string, seq: number): boolean {
    return this.isRunning && this.#epoch === epoch && this.#seq >= seq;
  }

  /** Starts over if it was running. The snapshot will be of this epoch, and of this seq or later. */
  start(epoch: string, seq: number): void {
    this.stop();
    const running = new AbortController();
    this.#running = running;
    this.#epoch = epoch;
    this.#seq = seq;
    void this.#run(epoch, seq, running.signal);
  }

  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
  }

  async #run(epoch: string, seq: number, signal: AbortSignal): Promise<void> {
    const backoff = new Backoff();
    while (!signal.aborted) {
      try {
        const snapshot = await this.#fetch(signal);
        if (signal.aborted) return;
        if (snapshot.epoch === epoch && snapshot.seq >= seq) {
          this.#running = undefined;
          return this.#events.done(snapshot);
        }
        this.#events.debug("snapshot too old", snapshot.seq, seq);
      } catch (error) {
        if (!signal.aborted && error instanceof SnapshotRefused) this.#events.refused(error.status);
        if (signal.aborted) return;
        this.#events.debug("no snapshot", error);
      }
      await pause(backoff.next(this.#random), signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
