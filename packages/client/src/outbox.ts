import type { ClientEvent } from "@orbit/catalog";

/** How many events wait for a connection before the oldest is dropped. */
export const queueLimit = 100;
/** How long a reply may take, a reconnect included. */
export const replyDeadlineMs = 15_000;

/** The server refused a client event, or did not answer it. */
export class ClientEventError extends Error {
  override readonly name = "ClientEventError";
  /** The server's code, or "timeout", "dropped" (the queue was full), "closed". */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

interface Waiting {
  resolve(): void;
  reject(error: Error): void;
  timer: ReturnType<typeof setTimeout>;
}

/** What the tab wants to say: sent at once while connected, kept for a while when not, matched with its reply. */
export class Outbox {
  readonly #send: (text: string) => boolean;
  readonly #waiting = new Map<string, Waiting>();
  #queue: ClientEvent[] = [];
  #lastRef = 0;
  /** How many events were dropped since the queue was full. */
  dropped = 0;

  /** `send` returns false while there is no connection. */
  constructor(send: (text: string) => boolean) {
    this.#send = send;
  }

  post(event: ClientEvent): void {
    if (this.#send(JSON.stringify(event))) return;
    this.#queue.push(event);
    if (this.#queue.length <= queueLimit) return;
    this.dropped++;
    const oldest = this.#queue.shift();
    if (oldest?.ref !== undefined) this.#settle(oldest.ref, new ClientEventError("dropped", "too much is waiting"));
  }

  /** Resolves with the server's reply, rejects with a ClientEventError. */
  request(event: ClientEvent): Promise<void> {
    const ref = `${++this.#lastRef}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#settle(ref, new ClientEventError("timeout", `no reply to ${event.type}`)),
        replyDeadlineMs,
      );
      this.#waiting.set(ref, { resolve, reject, timer });
      this.post({ ...event, ref });
    });
  }

  /** A reply arrived, or with `error` a refusal. Replies that nobody waits for are ignored. */
  answered(ref: string, error?: { readonly code: string; readonly message: string }): void {
    this.#settle(ref, error && new ClientEventError(error.code, error.message));
  }

  /** There is a connection again. */
  flush(): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const event of queue) this.post(event);
  }

  close(): void {
    this.#queue = [];
    for (const ref of [...this.#waiting.keys()]) this.#settle(ref, new ClientEventError("closed", "the client ended"));
  }

  #settle(ref: string, error: Error | undefined): void {
    const waiting = this.#waiting.get(ref);
    if (waiting === undefined) return;
    this.#waiting.delete(ref);
    clearTimeout(waiting.timer);
    if (error === undefined) waiting.resolve();
    else waiting.reject(error);
  }
}
