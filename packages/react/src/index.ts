/** React hooks over Orbit's entity stores: components that show the workspace re-render when it changes. */
export type { EndReason, RealtimeStatus } from "@orbit/client";
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
export { RealtimeProvider, type RealtimeProviderProps, useRealtimeClient } from "./realtime_provider.tsx";
export { workspaceSnapshotOptions } from "./snapshot_query.ts";
