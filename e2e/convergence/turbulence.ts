/** When something was the matter with nodes or what is between them, by this machine's clock. */
export class Turbulence {
  readonly #times: { readonly from: number; to: number }[] = [];

  /** From now on; the function says that it is over. */
  begin(now = Date.now()): (end?: number) => void {
    const time = { from: now, to: Number.POSITIVE_INFINITY };
    this.#times.push(time);
    return (end = Date.now()) => {
      time.to = end;
    };
  }

  /** Whether any of it was within these bounds. */
  touches(from: number, to: number): boolean {
    return this.#times.some((time) => time.from <= to && time.to >= from);
  }
}
