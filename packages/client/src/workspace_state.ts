import type {
  InviteId,
  MemberId,
  Permission,
  PresenceDTO,
  RoleId,
  SubscriptionDTO,
  TeamDTO,
  TeamId,
  WorkspaceDTO,
  WorkspaceInviteDTO,
  WorkspaceMemberDTO,
  WorkspaceRoleDTO,
  WorkspaceSnapshotDTO,
} from "@orbit/catalog";
import { isEqual, TableDraft } from "./table_draft.ts";

/** What a tab knows of its workspace. Entities are never changed in place: one that is the same object is the same. */
export interface WorkspaceState {
  readonly workspace: WorkspaceDTO | null;
  readonly subscription: SubscriptionDTO | null;
  /** Your own member, once a snapshot or `hello` told. */
  readonly you: MemberId | null;
  readonly members: ReadonlyMap<MemberId, WorkspaceMemberDTO>;
  readonly roles: ReadonlyMap<RoleId, WorkspaceRoleDTO>;
  readonly teams: ReadonlyMap<TeamId, TeamDTO>;
  /** The open ones; empty while you may not see them. */
  readonly invites: ReadonlyMap<InviteId, WorkspaceInviteDTO>;
  /** Members that are missing are offline; unknown where it is empty, as in large workspaces and before the first snapshot. */
  readonly presence: ReadonlyMap<MemberId, PresenceDTO>;
  /** How many members are online or away, as the server counts them in large workspaces; null where the roster tells. */
  readonly presenceCount: number | null;
  /** How many members are online or away. */
  readonly onlineCount: number;
}

export const emptyState: WorkspaceState = {
  workspace: null,
  subscription: null,
  you: null,
  members: new Map(),
  roles: new Map(),
  teams: new Map(),
  invites: new Map(),
  presence: new Map(),
  presenceCount: null,
  onlineCount: 0,
};

/** Whether the role of the member that is you holds the permission. */
export function may(
  you: MemberId | null,
  members: { get(id: MemberId): WorkspaceMemberDTO | undefined },
  permission: Permission,
): boolean {
  return !!you && !!members.get(you)?.role.permissions.includes(permission);
}

/** A WorkspaceState while a batch of events is applied to it. */
export class StateDraft {
  readonly members: TableDraft<MemberId, WorkspaceMemberDTO>;
  readonly roles: TableDraft<RoleId, WorkspaceRoleDTO>;
  readonly teams: TableDraft<TeamId, TeamDTO>;
  readonly invites: TableDraft<InviteId, WorkspaceInviteDTO>;
  readonly presence: TableDraft<MemberId, PresenceDTO>;
  you: MemberId | null;
  presenceCount: number | null;
  #workspace: WorkspaceDTO | null;
  #subscription: SubscriptionDTO | null;

  constructor(base: WorkspaceState) {
    this.members = new TableDraft(base.members);
    this.roles = new TableDraft(base.roles);
    this.teams = new TableDraft(base.teams);
    this.invites = new TableDraft(base.invites);
    this.presence = new TableDraft(base.presence);
    this.you = base.you;
    this.presenceCount = base.presenceCount;
    this.#workspace = base.workspace;
    this.#subscription = base.subscription;
  }

  set workspace(workspace: WorkspaceDTO) {
    if (!isEqual(this.#workspace, workspace)) this.#workspace = workspace;
  }

  set subscription(subscription: SubscriptionDTO) {
    if (!isEqual(this.#subscription, subscription)) this.#subscription = subscription;
  }

  /** Whether your role holds the permission. */
  can(permission: Permission): boolean {
    return may(this.you, this.members, permission);
  }

  /** Becomes what the snapshot says; presence apart, which the stream knows better once it flows. */
  hydrate(snapshot: WorkspaceSnapshotDTO): void {
    this.you = snapshot.you.id;
    this.workspace = snapshot.workspace;
    this.subscription = snapshot.subscription;
    this.members.replace(snapshot.members.map((member) => [member.id, member]));
    this.roles.replace(snapshot.roles.map((role) => [role.id, role]));
    this.teams.replace(snapshot.teams.map((team) => [team.id, team]));
    this.invites.replace((snapshot.invites ?? []).map((invite) => [invite.id, invite]));
  }

  setPresence(presence: readonly PresenceDTO[]): void {
    this.presence.replace(presence.map((one) => [one.memberId, one]));
    if (presence.length > 0) this.presenceCount = null;
  }

  result(): WorkspaceState {
    const presence = this.presence.result;
    return {
      workspace: this.#workspace,
      subscription: this.#subscription,
      you: this.you,
      members: this.members.result,
      roles: this.roles.result,
      teams: this.teams.result,
      invites: this.invites.result,
      presence,
      presenceCount: this.presenceCount,
      onlineCount: this.presenceCount ?? [...presence.values()].filter((one) => one.online).length,
    };
  }
}
