/** Why a client stopped for good. */
export type EndReason =
  /** You are signed out, or your session was revoked or has expired. Close code 4401. */
  | "session_ended"
  /** You are not a member any more. Close code 4403. */
  | "membership_ended"
  /** The workspace is gone. */
  | "workspace_deleted"
  /** The app called `close()`. */
  | "closed";

export type RealtimeStatus =
  /** The first connection is being made. */
  | { readonly state: "connecting" }
  /** Connected; the stores are being brought up to date. */
  | { readonly state: "catching-up" }
  /** The stores show what the server has committed. */
  | { readonly state: "live" }
  /** The connection is lost; the next attempt is made at `retryAt` (milliseconds, as of Date.now). */
  | { readonly state: "offline"; readonly attempt: number; readonly retryAt: number }
  | { readonly state: "ended"; readonly reason: EndReason };
