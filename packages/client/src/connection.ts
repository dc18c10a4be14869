import { Backoff } from "./backoff.ts";

// biome-ignore lint/suspicious/noExplicitAny: a browser's events and those of `ws` have nothing in common but their fields
type Handler = ((event: any) => void) | null;

/** The part of a browser's WebSocket that is used; that of `ws` on Node has it too. */
export interface SocketLike {
  onmessage: Handler;
  onclose: Handler;
  onerror: Handler;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

export interface ConnectionEvents {
  /** A text frame arrived. */
  frame(text: string): void;
  /** Something that isn't text arrived. */
  binary(): void;
  /** The connection is gone; `greeted` tells whether the server had said hello on it. The next is tried at `retryAt`. */
  lost(code: number, greeted: boolean, attempt: number, retryAt: number): void;
  /** The server closed the connection for good: 4401 or 4403. */
  refused(code: number): void;
  debug(message: string, ...details: unknown[]): void;
}

/** How long the server may take to open a socket and say hello. */
export const greetingDeadlineMs = 15_000;
/** How old an attempt to connect may be for `wake` to leave it alone. */
const patienceMs = 1_000;
/** How long after an application ping a connection without a word counts as dead. */
export const pongDeadlineMs = 10_000;
/** A connection that lasted this long was a good one: the next attempt after it is a first one. */
export const steadyAfterMs = 5_000;

const sessionEnded = 4401;
const membershipEnded = 4403;
const abnormal = 1006;
/** After these, coming back at once would only be refused again: protocol faults and too many messages or sockets. */
const slowDownAfter = new Set([1003, 1008, 1009, 4429]);

/**
 * One WebSocket after another: opens, watches for silence, backs off, opens again. Knows nothing of what is said on it,
 * but for `hello`, of which it is told through `greeted()`.
 */
export class Connection {
  readonly #open: () => SocketLike;
  readonly #events: ConnectionEvents;
  readonly #random: () => number;
  readonly #backoff = new Backoff();
  #socket: SocketLike | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setTimeout> | undefined;
  #heartbeatMs = 0;
  #greetedAt = 0;
  #heardAt = 0;
  #pingedAt = 0;

  constructor(open: () => SocketLike, events: ConnectionEvents, random: () => number) {
    this.#open = open;
    this.#events = events;
    this.#random = random;
  }

  /** Opens a socket at once, unless one is open. */
  connect(): void {
    if (this.#socket !== undefined) return;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#greetedAt = 0;
    this.#pingedAt = 0;
    this.#heardAt = Date.now();
    let socket: SocketLike;
    try {
      socket = this.#open();
    } catch (error) {
      this.#events.debug("no socket", error);
      return this.#lose(abnormal);
    }
    this.#socket = socket;
    socket.onmessage = ({ data }: { data: unknown }) => {
      this.#heardAt = Date.now();
      this.#pingedAt = 0;
      if (typeof data === "string") this.#events.frame(data);
      else this.#events.binary();
    };
    socket.onclose = ({ code }: { code: number }) => this.#lose(code);
    socket.onerror = () => {};
    this.#watchIn(greetingDeadlineMs);
  }

  /** The server said hello, and pings every `heartbeatMs`. */
  greeted(heartbeatMs: number): void {
    this.#heartbeatMs = heartbeatMs;
    this.#greetedAt = Date.now();
    this.#watchIn(heartbeatMs);
  }

  get isGreeted(): boolean {
    return this.#greetedAt !== 0;
  }

  /** False where there is no connection to send on. */
  send(text: string): boolean {
    if (this.#socket === undefined || !this.isGreeted) return false;
    this.#socket.send(text);
    return true;
  }

  /**
   * Something happened to the network or the tab: connects now if it was waiting to, or if its attempt to hangs; else sees
   * if anyone is there.
   */
  wake(): void {
    if (this.isGreeted) {
      if (this.#pingedAt === 0) this.#ping();
    } else if (this.#retry !== undefined) {
      this.connect();
    } else if (this.#socket !== undefined && Date.now() - this.#heardAt > patienceMs) {
      this.#release()?.close();
      this.connect();
    }
  }

  /** Drops the socket as if it had been cut, and comes back by itself. */
  reconnect(): void {
    if (this.#socket !== undefined) this.#lose(abnormal);
  }

  /** Closes, and stays closed until `connect()`. */
  close(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#release()?.close(1000);
  }

  #ping(): void {
    this.#pingedAt = Date.now();
    this.#socket?.send('{"type":"ping"}');
    this.#watchIn(pongDeadlineMs);
  }

  #watchIn(delayMs: number): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#look(), delayMs);
  }

  #look(): void {
    const now = Date.now();
    if (!this.isGreeted) {
      this.#events.debug("no hello");
      return this.#lose(abnormal);
    }
    if (this.#pingedAt !== 0) {
      this.#events.debug("no pong");
      return this.#lose(abnormal);
    }
    const silence = now - this.#heardAt;
    if (silence >= this.#heartbeatMs) this.#ping();
    else this.#watchIn(this.#heartbeatMs - silence);
  }

  // Takes the socket out of use; what it still says is not heard.
  #release(): SocketLike | undefined {
    clearTimeout(this.#watch);
    const socket = this.#socket;
    this.#socket = undefined;
    this.#greetedAt = 0;
    if (socket !== undefined) {
      socket.onmessage = null;
      socket.onclose = null;
    }
    return socket;
  }

  #lose(code: number): void {
    const greeted = this.isGreeted;
    if (greeted && Date.now() - this.#greetedAt >= steadyAfterMs) this.#backoff.reset();
    this.#release()?.close();
    if (code === sessionEnded || code === membershipEnded) return this.#events.refused(code);
    if (slowDownAfter.has(code)) this.#backoff.slowDown();
    const delay = this.#backoff.next(this.#random);
    this.#retry = setTimeout(() => this.connect(), delay);
    this.#events.lost(code, greeted, this.#backoff.attempt, Date.now() + delay);
  }
}
