/** What a page goes through, as far as its connection is concerned. */
export interface PageEvents {
  /** The network went or came back, or the tab did: look whether the connection still stands. */
  wake(): void;
  /** Hidden for a while, or seen again. */
  away(isAway: boolean): void;
  /** The page is going; it may come back from the browser's back-forward cache. */
  leave(): void;
  /** It came back. */
  enter(): void;
}

/** A tab that has been hidden for this long is away. */
export const awayAfterMs = 60_000;

/** Listens to the page until the returned function is called. Without a page, as on Node, it does nothing. */
export function watchPage(events: PageEvents): () => void {
  if (typeof window === "undefined" || typeof document === "undefined") return () => {};
  const listening = new AbortController();
  const { signal } = listening;
  let hiddenTimer: ReturnType<typeof setTimeout> | undefined;
  let hiddenSince = 0;

  const onVisibility = () => {
    clearTimeout(hiddenTimer);
    if (document.visibilityState === "hidden") {
      hiddenSince = Date.now();
      hiddenTimer = setTimeout(() => events.away(true), awayAfterMs);
    } else {
      // A frozen tab's timer never ran: there is nothing to take back then.
      if (hiddenSince !== 0) events.away(false);
      hiddenSince = 0;
      events.wake();
    }
  };
  document.addEventListener("visibilitychange", onVisibility, { signal });
  document.addEventListener("resume", () => events.wake(), { signal });
  window.addEventListener("online", () => events.wake(), { signal });
  window.addEventListener("offline", () => events.wake(), { signal });
  window.addEventListener("pagehide", () => events.leave(), { signal });
  window.addEventListener("pageshow", (event) => event.persisted && events.enter(), { signal });
  if (document.visibilityState === "hidden") onVisibility();

  return () => {
    clearTimeout(hiddenTimer);
    listening.abort();
  };
}
