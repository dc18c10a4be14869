import { type Room, useRoomPeers, useRoomStatus } from "@orbit/react";
import { type ReactNode, useState } from "react";
import { RoomBoard } from "./room_board.tsx";
import { RoomNote } from "./room_note.tsx";
import { RoomPeople } from "./room_people.tsx";

/** A room from within: who is here, where they point, what they note. */
export function RoomView({ room, name, back }: { room: Room; name: string; back?: ReactNode }) {
  const status = useRoomStatus(room);
  const count = useRoomPeers(room).length + 1;
  const [note, setNote] = useState("");
  return (
    <section aria-busy={status.state === "joining"}>
      <div className="page-head">
        {back}
        <h1>{name}</h1>
        <span className="count">{count === 1 ? "only you" : `${count} here`}</span>
      </div>
      <div className="room">
        <RoomBoard room={room} name={name} />
        <aside className="room-side" aria-label="People">
          <RoomPeople room={room} ownNote={note} />
          <RoomNote room={room} onNote={setNote} />
        </aside>
      </div>
    </section>
  );
}
