import type {
  MemberId,
  Permission,
  RoleId,
  SubscriptionDTO,
  TeamDTO,
  TeamId,
  WorkspaceDTO,
  WorkspaceInviteDTO,
  WorkspaceMemberDTO,
  WorkspaceRoleDTO,
} from "@orbit/catalog";
import type { EventTap, RealtimeStatus, WorkspaceState } from "@orbit/client";
import { type MemberPresence, PresenceWatch } from "@orbit/client/presence";
import { shallow, useSelector } from "@tanstack/react-store";
import { useEffect, useRef } from "react";
import { useRealtimeClient } from "./realtime_provider.tsx";

type Part = keyof WorkspaceState;

function useStore<Key extends Part, Selected>(
  part: Key,
  select: (value: WorkspaceState[Key]) => Selected,
  compare?: (a: Selected, b: Selected) => boolean,
): Selected {
  const store = useRealtimeClient().stores[part];
  return useSelector<WorkspaceState[Key], Selected>(store, select, compare && { compare });
}

/** Lists re-render when an entity in them changes, comes, goes or changes place; not when another store does. */
function useList<Key extends "members" | "roles" | "teams" | "invites", Entity>(
  part: Key,
  order: (a: Entity, b: Entity) => number,
): readonly Entity[] {
  return useStore(part, (all) => ([...all.values()] as Entity[]).sort(order), shallow);
}

const byAge = (a: { createdAt: string; id: string }, b: { createdAt: string; id: string }) =>
  a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : a.id < b.id ? -1 : 1;
const byName = (a: { name: string; id: string }, b: { name: string; id: string }) =>
  a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1);
const byRank = (a: WorkspaceRoleDTO, b: WorkspaceRoleDTO) => a.sortOrder - b.sortOrder || byAge(a, b);
const byYoungest = (a: WorkspaceInviteDTO, b: WorkspaceInviteDTO) => byAge(b, a);

export function useWorkspace(): WorkspaceDTO | null {
  return useStore("workspace", (workspace) => workspace);
}

/** Your own member; undefined until the first snapshot. */
export function useYou(): WorkspaceMemberDTO | undefined {
  const you = useStore("you", (id) => id);
  return useStore("members", (members) => (you === null ? undefined : members.get(you)));
}

/** Re-renders when this member changes, and for no other. undefined once they have left. */
export function useMember(id: MemberId): WorkspaceMemberDTO | undefined {
  return useStore("members", (members) => members.get(id));
}

/** Oldest first. */
export function useMembers(): readonly WorkspaceMemberDTO[] {
  return useList<"members", WorkspaceMemberDTO>("members", byAge);
}

/** Oldest first. Re-renders when somebody joins or leaves; rows that use `useMember` do the rest. */
export function useMemberIds(): readonly MemberId[] {
  return useStore("members", (members) => [...members.values()].sort(byAge).map((member) => member.id), shallow);
}

export function useRole(id: RoleId): WorkspaceRoleDTO | undefined {
  return useStore("roles", (roles) => roles.get(id));
}

/** Highest first. */
export function useRoles(): readonly WorkspaceRoleDTO[] {
  return useList("roles", byRank);
}

export function useTeam(id: TeamId): TeamDTO | undefined {
  return useStore("teams", (teams) => teams.get(id));
}

/** By name. */
export function useTeams(): readonly TeamDTO[] {
  return useList<"teams", TeamDTO>("teams", byName);
}

/** Open invites, youngest first; none for those who may not see them. */
export function useInvites(): readonly WorkspaceInviteDTO[] {
  return useList("invites", byYoungest);
}

export function useSubscription(): SubscriptionDTO | null {
  return useStore("subscription", (subscription) => subscription);
}

/**
 * Whether a member is there. A large workspace is asked for those who are shown, the latest 200 at most; of others, and
 * of everybody before the first snapshot, it is unknown.
 */
export function usePresence(id: MemberId): MemberPresence {
  const watch = PresenceWatch.of(useRealtimeClient());
  useEffect(() => watch.watch(id), [watch, id]);
  const watched = useSelector(watch.watched, (all) => all.get(id));
  const listed = useStore("presence", (all) => all.get(id) ?? all.size > 0);
  if (typeof listed === "object") return listed;
  return watched ?? { memberId: id, online: false, status: listed ? "offline" : "unknown", lastSeenAt: null };
}

/** Members who are online or away, oldest first; in large workspaces, those of them who are shown. */
export function useOnlineMembers(): readonly WorkspaceMemberDTO[] {
  const listed = useStore("presence", onlineIn, shallow);
  const watched = useSelector(PresenceWatch.of(useRealtimeClient()).watched, onlineIn, { compare: shallow });
  const here = new Set([...listed, ...watched]);
  return useStore("members", (all) => [...all.values()].filter((one) => here.has(one.id)).sort(byAge), shallow);
}

function onlineIn(presence: ReadonlyMap<MemberId, { readonly online: boolean }>): readonly MemberId[] {
  return [...presence].filter(([, one]) => one.online).map(([id]) => id);
}

/** How many members are online or away, in workspaces of any size. */
export function useOnlineCount(): number {
  return useStore("onlineCount", (count) => count);
}

export function useRealtimeStatus(): RealtimeStatus {
  return useSelector(useRealtimeClient().status);
}

/** Whether your role holds the permission now. */
export function useCan(permission: Permission): boolean {
  return useYou()?.role.permissions.includes(permission) ?? false;
}

/** Calls `tap` for every event as it arrives, before the stores change. */
export function useEventTap(tap: EventTap): void {
  const client = useRealtimeClient();
  const latest = useRef(tap);
  useEffect(() => {
    latest.current = tap;
  });
  useEffect(() => client.onEvent((event, frame) => latest.current(event, frame)), [client]);
}
