import { createServer, connect as open, type Server, type Socket } from "node:net";
import { sleep } from "./wait.ts";

/** What a link does to the bytes of its connections, beside passing them on. */
export interface Conditions {
  /** Every byte arrives so much later. */
  readonly delayMs?: number;
  readonly bytesPerSecond?: number;
  /** Nothing that the node sends is read any more; what the tab sends goes through. */
  readonly stalled?: boolean;
  /** Bytes are lost without a word, and so is the end of a connection. */
  readonly lost?: boolean;
}

const readAheadBytes = 32 * 1024;

/** One direction of one connection. */
class Pump {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #conditions: () => Conditions;
  readonly #queue: { readonly bytes: Buffer | "end"; readonly arrivedAt: number }[] = [];
  #queuedBytes = 0;
  #isRunning = false;

  constructor(from: Socket, to: Socket, conditions: () => Conditions) {
    this.#from = from;
    this.#to = to;
    this.#conditions = conditions;
    from.on("data", (bytes) => this.#add(bytes));
    from.on("end", () => this.#add("end"));
  }

  /** Looks at the conditions anew. */
  look(): void {
    if (this.#conditions().stalled) this.#from.pause();
    else if (!this.#isRunning) this.#from.resume();
  }

  #add(bytes: Buffer | "end"): void {
    if (this.#conditions().lost) return;
    this.#queue.push({ bytes, arrivedAt: Date.now() });
    if (bytes !== "end") this.#queuedBytes += bytes.length;
    if (this.#queuedBytes > readAheadBytes) this.#from.pause();
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const { delayMs = 0, bytesPerSecond } = this.#conditions();
      const wait = next.arrivedAt + delayMs - Date.now();
      if (wait > 0) await sleep(wait);
      if (this.#to.destroyed || this.#conditions().lost) continue;
      if (next.bytes === "end") {
        this.#to.end();
        continue;
      }
      this.#queuedBytes -= next.bytes.length;
      if (bytesPerSecond === undefined) await this.#write(next.bytes);
      else await this.#trickle(next.bytes, bytesPerSecond);
    }
    this.#isRunning = false;
    this.look();
  }

  async #write(bytes: Buffer): Promise<void> {
    if (this.#to.write(bytes) || this.#to.destroyed) return;
    await new Promise<void>((resolve) => {
      this.#to.once("drain", resolve);
      this.#to.once("close", resolve);
    });
  }

  async #trickle(bytes: Buffer, bytesPerSecond: number): Promise<void> {
    const step = Math.max(64, Math.floor(bytesPerSecond / 20));
    for (let at = 0; at < bytes.length && !this.#to.destroyed; at += step) {
      await this.#write(bytes.subarray(at, at + step));
      if (this.#conditions().bytesPerSecond !== undefined) await sleep(50);
    }
  }
}

class Pair {
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #pumps: readonly [up: Pump, down: Pump];
  #conditions: Conditions = {};

  constructor(near: Socket, far: Socket, closed: () => void) {
    this.#near = near;
    this.#far = far;
    this.#pumps = [
      new Pump(near, far, () => ({ ...this.#conditions, stalled: false })),
      new Pump(far, near, () => this.#conditions),
    ];
    for (const [one, other] of [[near, far] as const, [far, near] as const]) {
      one.setNoDelay(true);
      one.on("error", () => {});
      one.on("close", (hadError) => {
        if (this.#conditions.lost && !(near.destroyed && far.destroyed)) return;
        // What was received before an orderly end may still be on its way through the pump.
        if (hadError || !one.readableEnded) other.resetAndDestroy();
        if (near.destroyed && far.destroyed) closed();
      });
    }
  }

  set conditions(conditions: Conditions) {
    this.#conditions = conditions;
    for (const pump of this.#pumps) pump.look();
  }

  cut(): void {
    this.#near.resetAndDestroy();
    this.#far.resetAndDestroy();
  }
}

/** The network between two: a tab and the nodes, or a node and what it needs. A TCP proxy on a port of its own. */
export class FaultyLink {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  readonly #onDisturbed: () => void;
  #conditions: Conditions = {};
  #isDown = false;

  private constructor(target: () => number, onDisturbed: () => void) {
    this.#onDisturbed = onDisturbed;
    this.#server = createServer({ allowHalfOpen: true }, (near) => {
      if (this.#isDown) return near.resetAndDestroy();
      const far = open({ port: target(), host: "127.0.0.1", allowHalfOpen: true });
      const pair = new Pair(near, far, () => this.#pairs.delete(pair));
      pair.conditions = this.#conditions;
      this.#pairs.add(pair);
    });
  }

  /** `target` says which port each new connection goes to; `onDisturbed` hears of each fault that may end connections without a close code. */
  static async open(target: () => number, onDisturbed: () => void): Promise<FaultyLink> {
    const link = new FaultyLink(target, onDisturbed);
    await new Promise<void>((resolve) => link.#server.listen(0, "127.0.0.1", resolve));
    return link;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the link doesn't listen");
    return address.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Resets every connection. */
  cut(): void {
    this.#onDisturbed();
    for (const pair of this.#pairs) pair.cut();
  }

  /** Resets every connection, and each new one, until it is mended. */
  goDown(): void {
    this.#isDown = true;
    this.cut();
  }

  /** From now on, for connections that are open and those that come. */
  set conditions(conditions: Conditions) {
    this.#onDisturbed();
    this.#conditions = conditions;
    for (const pair of this.#pairs) pair.conditions = conditions;
  }

  /** All is well again; connections that have lost bytes end. */
  mend(): void {
    this.#isDown = false;
    if (this.#conditions.lost) this.cut();
    if (Object.keys(this.#conditions).length > 0) this.conditions = {};
  }

  dispose(): void {
    this.goDown();
    this.#server.close();
  }
}
