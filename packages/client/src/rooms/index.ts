/** Rooms: who is in one now, and what they signal to each other. */
export { latestOf, openRoom, Room, type RoomOptions, type SignalListener } from "./room.ts";
export type { Peer, Peers, RoomStatus, Signal } from "./room_state.ts";
