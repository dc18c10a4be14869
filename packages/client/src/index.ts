/** Orbit realtime without a framework: `connect()` opens a workspace and keeps its entity stores right. */
export { applyServerEvent } from "./apply_server_event.ts";
export type { SocketLike } from "./connection.ts";
export { ClientEventError } from "./outbox.ts";
export {
  type ConnectOptions,
  type Cursor,
  connect,
  type EventTap,
  type FrameInfo,
  RealtimeClient,
  type UnknownTap,
} from "./realtime_client.ts";
export { type FetchSnapshot, fetchSnapshot, SnapshotRefused, type SnapshotRequest } from "./snapshot.ts";
export type { EndReason, RealtimeStatus } from "./status.ts";
export { emptyState, StateDraft, type WorkspaceState } from "./workspace_state.ts";
export type { Readable, WorkspaceStores } from "./workspace_stores.ts";
