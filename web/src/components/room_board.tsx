import type { MemberId } from "@orbit/catalog";
import { type Room, useMember, usePeerLatest, useRoomPeers, useRoomStatus, useSignal } from "@orbit/react";
import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { noteOf, type Point, pointAt, pointOf, type Shape } from "../room_signals.ts";
import { ReactionBar, RisingReactions, useReactions } from "./reactions.tsx";

const middle: Point = { x: 0.5, y: 0.6 };
const step = 0.04;
const steps: Partial<Record<string, Point>> = {
  ArrowLeft: { x: -step, y: 0 },
  ArrowRight: { x: step, y: 0 },
  ArrowUp: { x: 0, y: -step },
  ArrowDown: { x: 0, y: step },
};

/** A board on which everybody sees where the others point. */
export function RoomBoard({ room, name }: { room: Room; name: string }) {
  const peers = useRoomPeers(room);
  const isIn = useRoomStatus(room).state === "joined";
  const point = useSignal(room, "cursor");
  const { rising, react } = useReactions(room);
  const at = useRef(middle);
  const shape = useRef<Shape>("heart");
  // Shown only to those who point with the keyboard: others see their pointer.
  const [keyed, setKeyed] = useState<Point>();

  const onMove = (event: PointerEvent<HTMLElement>) => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    at.current = pointAt((event.clientX - left) / width, (event.clientY - top) / height);
    setKeyed(undefined);
    point(at.current);
  };
  const onLeave = () => {
    setKeyed(undefined);
    point(null);
  };
  const onKey = (event: KeyboardEvent) => {
    const by = steps[event.key];
    if (by) {
      event.preventDefault();
      at.current = keyed === undefined ? at.current : pointAt(keyed.x + by.x, keyed.y + by.y);
      setKeyed(at.current);
      point(at.current);
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      react({ ...at.current, shape: shape.current });
    }
  };
  return (
    <div className="board-frame">
      <div
        className="board"
        role="application"
        aria-label={`Board of ${name}. Arrow keys point, Enter reacts.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: one points on it with the arrow keys
        tabIndex={0}
        onPointerMove={onMove}
        onPointerDown={onMove}
        onPointerLeave={onLeave}
        onClick={() => react({ ...at.current, shape: shape.current })}
        onKeyDown={onKey}
        onBlur={() => keyed && onLeave()}
      >
        <p className="board-hint" data-shown={peers.length === 0}>
          {isIn ? "Nobody else is here yet. Whoever comes sees where you point." : "Joining…"}
        </p>
        {keyed && <Arrow at={keyed} name="You" tone="slate" />}
        {peers.map((id) => (
          <Cursor key={id} room={room} id={id} />
        ))}
        <RisingReactions rising={rising} />
      </div>
      <ReactionBar
        disabled={!isIn}
        onReact={(chosen) => {
          shape.current = chosen;
          react({ ...at.current, shape: chosen });
        }}
      />
    </div>
  );
}

function Cursor({ room, id }: { room: Room; id: MemberId }) {
  const member = useMember(id);
  const at = pointOf(usePeerLatest(room, id, "cursor"));
  const note = noteOf(usePeerLatest(room, id, "note"));
  if (at === undefined || member === undefined) return null;
  return <Arrow at={at} name={member.name} tone={member.tone} note={note} />;
}

function Arrow({ at, name, tone, note }: { at: Point; name: string; tone: string; note?: string }) {
  return (
    <div
      className="cursor"
      data-tone={tone}
      data-side={at.x > 0.6 ? "left" : "right"}
      data-over={at.y > 0.65}
      style={{ transform: `translate(${at.x * 100}%, ${at.y * 100}%)` }}
      aria-hidden="true"
    >
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
        <path d="M2 1.5 17 8.4 10.3 10.6 7.6 17.4z" />
      </svg>
      <span className="cursor-label">
        {name.split(" ")[0]}
        {note && <span className="cursor-note">{note}</span>}
      </span>
    </div>
  );
}
