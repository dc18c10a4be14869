import type { MemberId } from "@orbit/catalog";
import { type Room, useLatest, useMember, useMembers, usePeerLatest, useRoomPeers, useYou } from "@orbit/react";
import { noteOf } from "../room_signals.ts";
import { LiveAvatar } from "./avatar.tsx";

/** Who is in the room, what they noted, and who is typing. */
export function RoomPeople({ room, ownNote }: { room: Room; ownNote: string }) {
  const you = useYou();
  const peers = useRoomPeers(room);
  return (
    <ul className="room-people" aria-label="In the room">
      {you && (
        <li>
          <LiveAvatar id={you.id} name={you.name} tone={you.tone} size="small" />
          <span className="room-person">
            <span>
              {you.name} <span className="quiet">(you)</span>
            </span>
            {ownNote && <q>{ownNote}</q>}
          </span>
        </li>
      )}
      {peers.map((id) => (
        <Person key={id} room={room} id={id} />
      ))}
    </ul>
  );
}

function Person({ room, id }: { room: Room; id: MemberId }) {
  const member = useMember(id);
  const isTyping = usePeerLatest(room, id, "typing") === true;
  const note = noteOf(usePeerLatest(room, id, "note"));
  if (member === undefined) return null;
  return (
    <li>
      <LiveAvatar id={id} name={member.name} tone={member.tone} size="small" />
      <span className="room-person">
        <span>
          {member.name} {isTyping && <Dots />}
        </span>
        {note && <q>{note}</q>}
      </span>
    </li>
  );
}

function Dots() {
  return (
    <span className="dots" aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
  );
}

/** "Grace is typing", in words. */
export function WhoTypes({ room }: { room: Room }) {
  const typing = useLatest(room, "typing");
  const names = useMembers()
    .filter((member) => typing.get(member.id) === true)
    .map((member) => member.name.split(" ")[0]);
  const words =
    names.length === 0
      ? ""
      : names.length > 2
        ? `${names.length} people are typing`
        : `${names.join(" and ")} ${names.length === 1 ? "is" : "are"} typing`;
  return (
    <p className="who-types" role="status">
      {words}
    </p>
  );
}
