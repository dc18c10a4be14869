/** Presence in large workspaces: who is to be told of, where the node doesn't tell of everybody. */
export { type MemberPresence, PresenceWatch, type WatchedPresence } from "./presence_watch.ts";
