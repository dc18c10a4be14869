import { type RefObject, useEffect, useRef } from "react";

/** Lights up an element for a moment whenever `value` becomes another, so that a change is seen to land; not at the first. */
export function useLanding<Element extends HTMLElement>(value: unknown): RefObject<Element | null> {
  const element = useRef<Element>(null);
  const shown = useRef(value);
  useEffect(() => {
    const before = shown.current;
    shown.current = value;
    if (before === undefined || Object.is(before, value)) return;
    element.current?.animate([{ backgroundColor: "var(--landing)" }, { backgroundColor: "transparent" }], {
      duration: 1400,
      easing: "ease-out",
    });
  }, [value]);
  return element;
}

/** As useLanding, for what came into a list after the list was first shown. */
export function useArrival<Element extends HTMLElement>(isNew: boolean): RefObject<Element | null> {
  const element = useRef<Element>(null);
  const wasNew = useRef(isNew);
  useEffect(() => {
    if (!wasNew.current) return;
    element.current?.animate([{ backgroundColor: "var(--landing)" }, { backgroundColor: "transparent" }], {
      duration: 1400,
      easing: "ease-out",
    });
  }, []);
  return element;
}
