import { useRoom } from "@orbit/react";
import { RoomView } from "../components/room_view.tsx";

/** The room that every member may be in. */
export function LobbyPage() {
  return <RoomView room={useRoom("workspace")} name="Lobby" />;
}
