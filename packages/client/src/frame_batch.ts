/**
 * Collects what arrives until the next frame of the screen, or for a moment where there is no screen to paint, and then
 * hands it over in one go.
 */
export class FrameBatch<Item> {
  readonly #handle: (items: readonly Item[]) => void;
  #items: Item[] = [];
  #cancel: (() => void) | undefined;

  constructor(handle: (items: readonly Item[]) => void) {
    this.#handle = handle;
  }

  add(item: Item): void {
    this.#items.push(item);
    this.#cancel ??= onNextFrame(() => this.flush());
  }

  /** Hands over at once what is waiting. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#items.length === 0) return;
    const items = this.#items;
    this.#items = [];
    this.#handle(items);
  }
}

const unpaintedFrameMs = 16;

// A hidden tab paints no frames.
function onNextFrame(run: () => void): () => void {
  if (typeof requestAnimationFrame === "function" && document.visibilityState === "visible") {
    const id = requestAnimationFrame(run);
    const fallback = setTimeout(run, 100);
    return () => {
      cancelAnimationFrame(id);
      clearTimeout(fallback);
    };
  }
  const id = setTimeout(run, unpaintedFrameMs);
  return () => clearTimeout(id);
}
