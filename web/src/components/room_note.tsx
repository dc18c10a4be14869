import { type Room, useRoomStatus, useSignal } from "@orbit/react";
import { useEffect, useId, useRef, useState } from "react";
import { noteLength } from "../room_signals.ts";
import { Button } from "./form.tsx";
import { WhoTypes } from "./room_people.tsx";

const pauseMs = 2_500;

/** A line for the others, shown beside your name until you leave. They see that you type before it is there. */
export function RoomNote({ room, onNote }: { room: Room; onNote(note: string): void }) {
  const [text, setText] = useState("");
  const isIn = useRoomStatus(room).state === "joined";
  const tellNote = useSignal(room, "note");
  const typing = useTyping(room);
  const id = useId();
  return (
    <form
      className="room-note"
      onSubmit={(event) => {
        event.preventDefault();
        typing(false);
        tellNote(text.trim());
        onNote(text.trim());
        setText("");
      }}
    >
      <label htmlFor={id}>Note to the room</label>
      <div className="room-note-line">
        <input
          id={id}
          value={text}
          maxLength={noteLength}
          placeholder="On it until noon"
          autoComplete="off"
          onChange={(event) => {
            setText(event.target.value);
            typing(event.target.value !== "");
          }}
          onBlur={() => typing(false)}
        />
        <Button type="submit" disabled={!isIn}>
          Show
        </Button>
      </div>
      <WhoTypes room={room} />
    </form>
  );
}

/** Tells that you type, and a while after the last key that you don't. */
function useTyping(room: Room): (isTyping: boolean) => void {
  const tell = useSignal(room, "typing");
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  const told = useRef(false);
  useEffect(() => () => clearTimeout(pause.current), []);
  const say = (isTyping: boolean) => {
    clearTimeout(pause.current);
    if (isTyping) pause.current = setTimeout(() => say(false), pauseMs);
    if (told.current === isTyping) return;
    told.current = isTyping;
    tell(isTyping);
  };
  return say;
}
