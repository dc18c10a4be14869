import type { Database, Row } from "./database.ts";

/** An entity as JSON: what a tab's store should hold of it. */
export type Entity = Readonly<Record<string, unknown>>;
export type Table = ReadonlyMap<string, Entity>;

/** What every tab of a workspace should show, by the database. */
export interface ExpectedState {
  readonly workspace: Entity;
  readonly members: Table;
  readonly roles: Table;
  readonly teams: Table;
  /** To those who may see them. */
  readonly invites: Table;
  readonly subscription: Entity;
}

/** The rows of one workspace, as the database has them. */
export interface WorkspaceRows {
  readonly workspace: Row;
  readonly members: readonly Row[];
  readonly roles: readonly Row[];
  readonly teams: readonly Row[];
  readonly teamMembers: readonly Row[];
  readonly openInvites: readonly Row[];
  readonly subscription: Row;
}

export interface DatabaseRows {
  readonly epoch: string;
  readonly workspaces: ReadonlyMap<string, WorkspaceRows>;
  readonly streams: readonly Row[];
}

const tables = {
  meta: "SELECT * FROM meta",
  streams: "SELECT * FROM streams",
  workspaces: "SELECT * FROM workspaces",
  roles: "SELECT * FROM roles",
  members: "SELECT m.*, u.name, u.email FROM members m JOIN users u ON u.id = m.user_id",
  teams: "SELECT * FROM teams",
  teamMembers:
    "SELECT x.*, t.workspace_id FROM team_members x JOIN teams t ON t.id = x.team_id ORDER BY x.team_id, x.position",
  openInvites: "SELECT * FROM invites WHERE accepted_at IS NULL AND revoked_at IS NULL",
  subscriptions: "SELECT * FROM subscriptions",
} as const;

/** Reads all there is. Nothing may be written meanwhile: each table is read on its own. */
export async function readDatabase(database: Database): Promise<DatabaseRows> {
  const read: Partial<Record<keyof typeof tables, Row[]>> = {};
  for (const [name, sql] of Object.entries(tables)) read[name as keyof typeof tables] = await database.query(sql);
  const rows = read as Record<keyof typeof tables, Row[]>;
  const of = (table: readonly Row[], workspaceId: unknown) => table.filter((row) => row.workspace_id === workspaceId);
  return {
    epoch: String(rows.meta.find((row) => row.name === "epoch")?.content),
    streams: rows.streams,
    workspaces: new Map(
      rows.workspaces.map((workspace) => [
        String(workspace.id),
        {
          workspace,
          members: of(rows.members, workspace.id),
          roles: of(rows.roles, workspace.id),
          teams: of(rows.teams, workspace.id),
          teamMembers: of(rows.teamMembers, workspace.id),
          openInvites: of(rows.openInvites, workspace.id),
          subscription: of(rows.subscriptions, workspace.id)[0] ?? {},
        },
      ]),
    ),
  };
}

/** What the rows come to on the wire. Written from the wire's description, not from the server's code. */
export function expectedState(rows: WorkspaceRows): ExpectedState {
  const roles = new Map(rows.roles.map((row) => [String(row.id), roleOf(row)]));
  const { workspace, subscription } = rows;
  return {
    workspace: {
      id: workspace.id,
      slug: workspace.slug,
      name: workspace.name,
      ownerId: workspace.owner_id,
      createdAt: timeOf(workspace.created_at),
    },
    roles,
    members: new Map(rows.members.map((row) => [String(row.id), memberOf(row, roles)])),
    teams: new Map(rows.teams.map((row) => [String(row.id), teamOf(row, rows.teamMembers)])),
    invites: new Map(rows.openInvites.map((row) => [String(row.id), inviteOf(row, roles)])),
    subscription: {
      id: subscription.id,
      workspaceId: subscription.workspace_id,
      plan: subscription.plan,
      status: subscription.status,
      seats: subscription.seats,
      currentPeriodEnd: timeOf(subscription.current_period_end),
      cancelAtPeriodEnd: subscription.cancel_at_period_end === 1,
      updatedAt: timeOf(subscription.updated_at),
    },
  };
}

function roleOf(row: Row): Entity {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    name: row.name,
    description: row.description,
    isSystem: row.system_key !== null,
    systemKey: row.system_key,
    sortOrder: row.sort_order,
    permissions: String(row.permissions).split(" ").filter(Boolean),
    createdAt: timeOf(row.created_at),
  };
}

function memberOf(row: Row, roles: Table): Entity {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    userId: row.user_id,
    name: row.name,
    email: row.email,
    role: roles.get(String(row.role_id)),
    tone: row.tone,
    createdAt: timeOf(row.created_at),
  };
}

function teamOf(row: Row, teamMembers: readonly Row[]): Entity {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    name: row.name,
    memberIds: teamMembers.filter((one) => one.team_id === row.id).map((one) => one.member_id),
    createdAt: timeOf(row.created_at),
  };
}

function inviteOf(row: Row, roles: Table): Entity {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    email: row.email,
    invitedById: row.invited_by_id,
    role: row.role_id === null ? null : roles.get(String(row.role_id)),
    createdAt: timeOf(row.created_at),
    acceptedAt: null,
    revokedAt: null,
  };
}

const timeOf = (ms: string | number | null | undefined) =>
  ms === null || ms === undefined ? null : new Date(Number(ms)).toISOString();

export function mayInvite(role: unknown): boolean {
  const { permissions } = role as { permissions: readonly string[] };
  return permissions.includes("workspace.members.invite");
}
