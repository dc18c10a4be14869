/** A node takes 20 messages a second from a socket, and 40 at once. Rooms leave some of it to everything else. */
export const messagesAtOnce = 30;
export const messagesASecond = 19;

const lookAgainMs = 50;

/** What all rooms of a client send together, kept under what the node takes. */
export class Pace {
  #left = messagesAtOnce;
  #countedAt = Date.now();
  #line: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Whether one may be sent now. Those that stand in line go first. */
  take(): boolean {
    return this.#line.length === 0 && this.#spend();
  }

  /** Sends when its turn comes, at once where it may be. */
  enqueue(send: () => void): void {
    if (this.take()) return send();
    this.#line.push(send);
    this.#timer ??= setTimeout(() => this.#serve(), lookAgainMs);
  }

  /** How many stand in line. */
  get waiting(): number {
    return this.#line.length;
  }

  /** There is a new connection: nothing was sent on it, and those that stand in line are not. */
  reset(): void {
    this.#left = messagesAtOnce;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#line = [];
  }

  #serve(): void {
    this.#timer = undefined;
    while (this.#line.length > 0 && this.#spend()) this.#line.shift()?.();
    if (this.#line.length > 0) this.#timer ??= setTimeout(() => this.#serve(), lookAgainMs);
  }

  #spend(): boolean {
    const now = Date.now();
    const earned = (Math.max(0, now - this.#countedAt) / 1000) * messagesASecond;
    this.#left = Math.min(messagesAtOnce, this.#left + earned);
    this.#countedAt = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
