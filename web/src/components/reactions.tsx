import { type Room, useSignal, useSignalListener } from "@orbit/react";
import { useCallback, useEffect, useState } from "react";
import { type Reaction, reactionOf, type Shape, shapes } from "../room_signals.ts";
import { Button } from "./form.tsx";

const paths: Record<Shape, string> = {
  heart: "M12 20.5 4.2 12.6a4.9 4.9 0 0 1 7-6.9l.8.9.8-.9a4.9 4.9 0 0 1 7 6.9z",
  star: "m12 3 2.7 5.9 6.3.7-4.7 4.3 1.3 6.4-5.6-3.3-5.6 3.3 1.3-6.4L3 9.6l6.3-.7z",
  spark: "M13.5 2.5 5 13.6h5.4L9.3 21.5 19 9.9h-6.1z",
  check: "M9.4 19.3 3.2 13l2.7-2.7 3.5 3.6L18.3 5 21 7.7z",
};

function ShapeIcon({ shape }: { shape: Shape }) {
  return (
    <svg className="shape" data-shape={shape} viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[shape]} />
    </svg>
  );
}

export interface RisingReaction extends Reaction {
  readonly key: number;
}

const risingMs = 1_800;
const mostAtOnce = 30;
let lastKey = 0;

/** What is going up now: the others' reactions, and your own, which `react` sends. */
export function useReactions(room: Room) {
  const [rising, setRising] = useState<readonly RisingReaction[]>([]);
  const add = useCallback((reaction: Reaction) => {
    setRising((before) => [...before, { ...reaction, key: ++lastKey }].slice(-mostAtOnce));
  }, []);
  useEffect(() => {
    if (rising.length === 0) return;
    const timer = setTimeout(() => setRising([]), risingMs);
    return () => clearTimeout(timer);
  }, [rising]);
  useSignalListener(room, "reaction", ({ payload }) => {
    const reaction = reactionOf(payload);
    if (reaction) add(reaction);
  });
  const tell = useSignal(room, "reaction");
  const react = (reaction: Reaction) => {
    if (tell(reaction)) add(reaction);
  };
  return { rising, react };
}

export function RisingReactions({ rising }: { rising: readonly RisingReaction[] }) {
  return rising.map(({ key, shape, x, y }) => (
    <span key={key} className="rising" style={{ left: `${x * 100}%`, top: `${y * 100}%` }} aria-hidden="true">
      <ShapeIcon shape={shape} />
    </span>
  ));
}

export function ReactionBar({ disabled, onReact }: { disabled: boolean; onReact(shape: Shape): void }) {
  return (
    <fieldset className="reaction-bar" disabled={disabled}>
      <legend className="visually-hidden">React</legend>
      {shapes.map((shape) => (
        <Button key={shape} kind="quiet" aria-label={`React with a ${shape}`} onClick={() => onReact(shape)}>
          <ShapeIcon shape={shape} />
        </Button>
      ))}
    </fieldset>
  );
}
