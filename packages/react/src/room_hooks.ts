import type { MemberId } from "@orbit/catalog";
import type { Readable } from "@orbit/client";
import {
  latestOf,
  type Peers,
  Room,
  type RoomOptions,
  type RoomStatus,
  type SignalListener,
} from "@orbit/client/rooms";
import { shallow, useSelector } from "@tanstack/react-store";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { useRealtimeClient } from "./realtime_provider.tsx";

function usePeers<Selected>(
  room: Room,
  select: (peers: Peers) => Selected,
  compare?: (a: Selected, b: Selected) => boolean,
): Selected {
  const peers: Readable<Peers> = room.peers;
  return useSelector<Peers, Selected>(peers, select, compare && { compare });
}

/**
 * Is in the room while mounted. Components that use the same room share one membership. With `after`, the room's durable
 * events come from there on: see RoomOptions.
 */
export function useRoom(id: string, { after }: RoomOptions = {}): Room {
  const client = useRealtimeClient();
  const room = useMemo(() => new Room(client, id, { after }), [client, id, after]);
  useEffect(() => {
    room.open();
    return () => room.close();
  }, [room]);
  return room;
}

/** Whether one is in the room, and if not, why. */
export function useRoomStatus(room: Room): RoomStatus {
  return useSelector(room.status);
}

/** Who else is in the room. Re-renders when somebody comes or goes, and for no signal. */
export function useRoomPeers(room: Room): readonly MemberId[] {
  return usePeers(room, (peers) => [...peers.keys()], shallow);
}

/** The newest value that a member has signalled of a kind. Re-renders for theirs, and for no other's. */
export function usePeerLatest(room: Room, memberId: MemberId, kind: string): unknown {
  return usePeers(room, (peers) => peers.get(memberId)?.latest.get(kind));
}

/** The newest value of a kind, of everybody else who has one. Re-renders for that kind, and for no other. */
export function useLatest(room: Room, kind: string): ReadonlyMap<MemberId, unknown> {
  return usePeers(room, (peers) => latestOf(peers, kind), shallow);
}

/** What tells the others in the room; throttled, so that it may be called on every movement. Stays the same function. */
export function useSignal(room: Room, kind: string): (payload?: unknown) => boolean {
  return useCallback((payload) => room.signal(kind, payload), [room, kind]);
}

/** Calls `listener` for every signal of a kind as it arrives: for those that count each, such as a reaction. */
export function useSignalListener(room: Room, kind: string, listener: SignalListener): void {
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => room.onSignal((signal) => signal.kind === kind && latest.current(signal)), [room, kind]);
}
