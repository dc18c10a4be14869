export const firstDelayMs = 250;
export const longestDelayMs = 15_000;

/**
 * Full-jitter backoff: anything from nothing to a ceiling that doubles with each failed attempt, so that the tabs of a
 * node that went away don't all come back at the same instant. `attempt` counts from 0.
 */
export class Backoff {
  attempt = 0;

  /** How long to wait before the next attempt, in milliseconds. */
  next(random: () => number): number {
    const ceiling = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(this.attempt, 10));
    this.attempt++;
    return Math.round(random() * ceiling);
  }

  /** The server asked for room: wait as long as after many failures. */
  slowDown(): void {
    this.attempt = Math.max(this.attempt, 6);
  }

  reset(): void {
    this.attempt = 0;
  }
}
