import type {
  MemberId,
  PresenceDTO,
  RoleId,
  ServerEvent,
  TeamId,
  WorkspaceId,
  WorkspaceMemberDTO,
  WorkspaceRoleDTO,
  WorkspaceSnapshotDTO,
} from "@orbit/catalog";
import type { SocketLike } from "../connection.ts";
import { type ConnectOptions, connect, type RealtimeClient } from "../realtime_client.ts";
import type { SnapshotRequest } from "../snapshot.ts";

const uuid = (n: number) => `0198c0de-5a1e-7000-8000-${String(n).padStart(12, "0")}`;
export const epoch = uuid(900);
const at = "2026-03-02T09:00:00.000Z";

export const ids = {
  workspace: `ws_${uuid(1)}` as WorkspaceId,
  ada: `mbr_${uuid(11)}` as MemberId,
  grace: `mbr_${uuid(12)}` as MemberId,
  alan: `mbr_${uuid(13)}` as MemberId,
  owner: `wsrole_${uuid(21)}` as RoleId,
  member: `wsrole_${uuid(22)}` as RoleId,
  engines: `team_${uuid(31)}` as TeamId,
};

export function role(id: RoleId, name: string, changes: Partial<WorkspaceRoleDTO> = {}): WorkspaceRoleDTO {
  return {
    id,
    workspaceId: ids.workspace,
    name,
    description: null,
    isSystem: true,
    systemKey: id === ids.owner ? "OWNER" : "MEMBER",
    sortOrder: id === ids.owner ? 0 : 2,
    permissions: id === ids.owner ? ["workspace.members.invite", "teams.manage"] : [],
    createdAt: at,
    ...changes,
  };
}

export function member(id: MemberId, name: string, held = role(ids.member, "Member")): WorkspaceMemberDTO {
  return {
    id,
    workspaceId: ids.workspace,
    userId: `user_${id.slice(4)}` as WorkspaceMemberDTO["userId"],
    name,
    email: `${name.toLowerCase()}@acme.test`,
    role: held,
    tone: "blue",
    createdAt: at,
  };
}

export function presence(memberId: MemberId, status: PresenceDTO["status"] = "online"): PresenceDTO {
  return { memberId, online: status !== "offline", status, lastSeenAt: at };
}

export function snapshot(seq: number, changes: Partial<WorkspaceSnapshotDTO> = {}): WorkspaceSnapshotDTO {
  const ada = member(ids.ada, "Ada", role(ids.owner, "Owner"));
  return {
    epoch,
    seq,
    workspace: { id: ids.workspace, slug: "acme", name: "Acme", ownerId: ids.ada, createdAt: at },
    you: ada,
    members: [ada, member(ids.grace, "Grace")],
    roles: [role(ids.owner, "Owner"), role(ids.member, "Member")],
    teams: [{ id: ids.engines, workspaceId: ids.workspace, name: "Engines", memberIds: [ids.grace], createdAt: at }],
    invites: [],
    subscription: {
      id: `sub_${uuid(41)}` as WorkspaceSnapshotDTO["subscription"]["id"],
      workspaceId: ids.workspace,
      plan: "free",
      status: "active",
      seats: 5,
      currentPeriodEnd: null,
      cancelAtPeriodEnd: false,
      updatedAt: at,
    },
    presence: [presence(ids.ada)],
    ...changes,
  };
}

/** The server's side of one socket. */
export class ScriptedSocket implements SocketLike {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly url: URL;
  /** What the client sent. */
  readonly received: unknown[] = [];
  /** The code that the client closed with; 0 if it named none. */
  closedWith: number | undefined;

  constructor(url: string) {
    this.url = new URL(url);
  }

  send(text: string): void {
    this.received.push(JSON.parse(text));
  }

  close(code = 0): void {
    this.closedWith = code;
  }

  say(...events: ServerEvent[]): void {
    for (const event of events) this.sayRaw(JSON.stringify(event));
  }

  sayRaw(data: unknown): void {
    this.onmessage?.({ data });
  }

  hello(seq: number, changes: Partial<Extract<ServerEvent, { type: "hello" }>> = {}): void {
    this.say({
      type: "hello",
      memberId: ids.ada,
      workspaceId: ids.workspace,
      epoch,
      seq,
      serverTime: at,
      heartbeatMs: 25_000,
      presence: [presence(ids.ada)],
      ...changes,
    });
  }

  pong(seq: number): void {
    this.say({ type: "pong", serverTime: at, seq });
  }

  hangUp(code: number): void {
    this.onclose?.({ code, reason: "" });
  }
}

/** A server that does what the test says: every socket that was opened, every snapshot that was asked for. */
export class ScriptedServer {
  readonly sockets: ScriptedSocket[] = [];
  readonly snapshotRequests: SnapshotRequest[] = [];
  /** What the next request for a snapshot gets. */
  answer: () => Promise<WorkspaceSnapshotDTO> = async () => snapshot(10);

  connect(options: Partial<ConnectOptions> = {}): RealtimeClient {
    return connect({ ...this.options, ...options });
  }

  /** What makes a client talk to this server. */
  readonly options: ConnectOptions = {
    workspace: "acme",
    url: "http://127.0.0.1:8080",
    openSocket: (url) => {
      const socket = new ScriptedSocket(url);
      this.sockets.push(socket);
      return socket;
    },
    fetchSnapshot: (request) => {
      this.snapshotRequests.push(request);
      return this.answer();
    },
    random: () => 0.5,
  };

  get socket(): ScriptedSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("no socket was opened");
    return socket;
  }
}
