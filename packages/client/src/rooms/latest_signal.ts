/** How often a signal's newest value leaves: the tick of the node in a busy room. */
export const tickMs = 50;

/**
 * One kind of signal of which only the newest value counts. The first leaves at once, then one on each tick as long as
 * there is a newer one; those between are skipped.
 */
export class LatestSignal {
  readonly #send: (payload: unknown) => boolean;
  #value: unknown;
  #isDue = false;
  #isHeld: boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `send` returns false where it can't be sent now: it is tried again on the next tick. */
  constructor(send: (payload: unknown) => boolean, isHeld: boolean) {
    this.#send = send;
    this.#isHeld = isHeld;
  }

  set(payload: unknown): void {
    this.#value = payload;
    this.#isDue = true;
    this.#start();
  }

  /** Nothing leaves until `release()`. */
  hold(): void {
    this.#isHeld = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** The newest value leaves, once more if it had left before. */
  release(): void {
    this.#isHeld = false;
    this.#isDue = true;
    this.#start();
  }

  #start(): void {
    if (!this.#isHeld && this.#timer === undefined) this.#tick(Date.now());
  }

  // Ticks keep their distance: a timer that fires late doesn't put off the next.
  #tick(at: number): void {
    this.#timer = undefined;
    if (!this.#isDue) return;
    this.#isDue = !this.#send(this.#value);
    const now = Date.now();
    const next = at + tickMs > now ? Math.min(at, now) + tickMs : now + tickMs;
    this.#timer = setTimeout(() => this.#tick(next), next - now);
  }
}
