import { type RefObject, useEffect, useState } from "react";

const listeners = new WeakMap<globalThis.Element, (isOnScreen: boolean) => void>();
let observer: IntersectionObserver | undefined;

// One for all rows of a long list.
function observe(element: globalThis.Element, listener: (isOnScreen: boolean) => void): () => void {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const entry of entries) listeners.get(entry.target)?.(entry.isIntersecting);
    },
    { rootMargin: "200px" },
  );
  const observing = observer;
  listeners.set(element, listener);
  observing.observe(element);
  return () => {
    listeners.delete(element);
    observing.unobserve(element);
  };
}

/** Whether an element is in sight or nearly so; at first, as long as nobody knows, it is. */
export function useOnScreen(element: RefObject<globalThis.Element | null>): boolean {
  const [isOnScreen, setIsOnScreen] = useState(true);
  useEffect(() => (element.current === null ? undefined : observe(element.current, setIsOnScreen)), [element]);
  return isOnScreen;
}
