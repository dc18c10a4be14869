/** React hooks over Orbit's entity stores: components that show the workspace re-render when it changes. */
export type { EndReason, RealtimeStatus } from "@orbit/client";
export type { MemberPresence } from "@orbit/client/presence";
export type { Peer, Peers, Room, RoomStatus, Signal } from "@orbit/client/rooms";
export {
  useCan,
  useEventTap,
  useInvites,
  useMember,
  useMemberIds,
  useMembers,
  useOnlineCount,
  useOnlineMembers,
  usePresence,
  useRealtimeStatus,
  useRole,
  useRoles,
  useSubscription,
  useTeam,
  useTeams,
  useWorkspace,
  useYou,
} from "./hooks.ts";
export { RealtimeProvider, type RealtimeProviderProps, useNodeName, useRealtimeClient } from "./realtime_provider.tsx";
export {
  useLatest,
  usePeerLatest,
  useRoom,
  useRoomPeers,
  useRoomStatus,
  useSignal,
  useSignalListener,
} from "./room_hooks.ts";
export { workspaceSnapshotOptions } from "./snapshot_query.ts";
