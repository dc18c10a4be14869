import { type Permission, permissions, plans, type WorkspaceMemberDTO } from "@orbit/catalog";
import type { WorkspaceStores } from "@orbit/client";
import type { Outcome } from "./api.ts";
import type { Person } from "./person.ts";
import type { Prng } from "./prng.ts";

/** What somebody who is about to do something sees of the workspace: it may be out of date. */
export interface View {
  readonly slug: string;
  readonly stores: WorkspaceStores;
  readonly you: WorkspaceMemberDTO;
}

/** What a command needs beside its view. */
export interface CommandContext {
  readonly person: Person;
  readonly view: View;
  readonly random: Prng;
  /** Everybody there is: those who are no members are invited again. */
  readonly emails: readonly string[];
  /** Keeps an invite's token for the one it is for. */
  invited(email: string, slug: string, token: string): void;
  /** A number that no other name has. */
  serial(): number;
}

type Command = (context: CommandContext) => Promise<Outcome> | undefined;

interface CommandKind {
  readonly name: string;
  readonly weight: number;
  readonly needs?: Permission;
  readonly run: Command;
}

const words = [
  "Amber",
  "Birch",
  "Cedar",
  "Dune",
  "Ember",
  "Fjord",
  "Grove",
  "Heath",
  "Isle",
  "Juniper",
  "Käfer",
  "東京",
];

const name = ({ random, serial }: CommandContext) => `${random.pick(words)} ${serial()}`;
const at = ({ view }: CommandContext, path = "") => `/v1/workspaces/${view.slug}${path}`;
const listed = <T>(store: { get(): ReadonlyMap<string, T> }): T[] => [...store.get().values()];

function somePermissions({ random, view }: CommandContext): Permission[] {
  const own = view.you.role.permissions;
  const given = random.some(permissions, 0.35).filter((one) => own.includes(one) || random.chance(0.05));
  const invites = "workspace.members.invite";
  return random.chance(0.5) && own.includes(invites) && !given.includes(invites) ? [...given, invites] : given;
}

const changeableRoles = ({ view }: CommandContext) =>
  listed(view.stores.roles).filter((one) => one.systemKey !== "OWNER");

const kinds: readonly CommandKind[] = [
  {
    name: "rename the workspace",
    weight: 4,
    needs: "workspace.settings.edit",
    run: (context) => context.person.command("PATCH", at(context), { name: name(context) }),
  },
  {
    name: "create a role",
    weight: 5,
    needs: "workspace.roles.manage",
    run: (context) => {
      if (context.view.stores.roles.get().size > 12) return undefined;
      const description = context.random.chance(0.5) ? "x".repeat(context.random.integer(1, 200)) : null;
      const body = { name: name(context), description, permissions: somePermissions(context) };
      return context.person.command("POST", at(context, "/roles"), body);
    },
  },
  {
    name: "describe a role",
    weight: 8,
    needs: "workspace.roles.manage",
    run: (context) => {
      const role = context.random.pick(listed(context.view.stores.roles));
      const changes = { description: `${context.serial()} ${"y".repeat(context.random.integer(0, 150))}` };
      const renamed = role?.isSystem || context.random.chance(0.5) ? {} : { name: name(context) };
      return role && context.person.command("PATCH", at(context, `/roles/${role.id}`), { ...changes, ...renamed });
    },
  },
  {
    name: "change what a role may do",
    weight: 7,
    needs: "workspace.roles.manage",
    run: (context) => {
      const role = context.random.pick(changeableRoles(context));
      const body = { permissions: somePermissions(context) };
      return role && context.person.command("PATCH", at(context, `/roles/${role.id}`), body);
    },
  },
  {
    name: "delete a role",
    weight: 4,
    needs: "workspace.roles.manage",
    run: (context) => {
      const held = new Set(listed(context.view.stores.members).map((member) => member.role.id));
      const free = changeableRoles(context).filter((role) => !role.isSystem && !held.has(role.id));
      const role = context.random.pick(free);
      return role && context.person.command("DELETE", at(context, `/roles/${role.id}`));
    },
  },
  {
    name: "change a member's role",
    weight: 9,
    needs: "workspace.members.change_role",
    run: (context) => {
      const owner = context.random.chance(0.04) && context.view.you.role.systemKey === "OWNER";
      const role = context.random.pick(owner ? listed(context.view.stores.roles) : changeableRoles(context));
      const members = listed(context.view.stores.members).filter((one) => one.role.systemKey !== "OWNER" || owner);
      const member = context.random.pick(members);
      if (role === undefined || member === undefined) return undefined;
      return context.person.command("PUT", at(context, `/members/${member.id}/role`), { roleId: role.id });
    },
  },
  {
    name: "remove a member",
    weight: 0.9,
    needs: "workspace.members.remove",
    run: (context) => {
      const { members } = context.view.stores;
      if (members.get().size <= 4) return undefined;
      const member = context.random.pick(listed(members));
      return member && context.person.command("DELETE", at(context, `/members/${member.id}`));
    },
  },
  {
    name: "leave",
    weight: 0.06,
    run: (context) => {
      if (context.view.stores.members.get().size <= 4) return undefined;
      return context.person.command("POST", at(context, "/leave"), {});
    },
  },
  {
    name: "invite somebody",
    weight: 9,
    needs: "workspace.members.invite",
    run: async (context) => {
      const here = new Set(listed(context.view.stores.members).map((member) => member.email));
      const away = context.emails.filter((email) => !here.has(email));
      const known = away.length > 0 && context.random.chance(0.8);
      const email = (known && context.random.pick(away)) || `guest-${context.serial()}@example.test`;
      const role = context.random.chance(0.6) ? context.random.pick(changeableRoles(context)) : undefined;
      const body = role === undefined ? { email } : { email, roleId: role.id };
      const outcome = await context.person.command("POST", at(context, "/invites"), body);
      if (outcome.kind === "accepted") context.invited(email, context.view.slug, String(outcome.body.token));
      return outcome;
    },
  },
  {
    name: "withdraw an invite",
    weight: 6,
    needs: "workspace.members.invite",
    run: (context) => {
      const invite = context.random.pick(listed(context.view.stores.invites));
      return invite && context.person.command("DELETE", at(context, `/invites/${invite.id}`));
    },
  },
  {
    name: "create a team",
    weight: 5,
    needs: "teams.manage",
    run: (context) => {
      if (context.view.stores.teams.get().size > 15) return undefined;
      return context.person.command("POST", at(context, "/teams"), { name: name(context) });
    },
  },
  {
    name: "rename a team",
    weight: 8,
    needs: "teams.manage",
    run: (context) => {
      const team = context.random.pick(listed(context.view.stores.teams));
      return team && context.person.command("PATCH", at(context, `/teams/${team.id}`), { name: name(context) });
    },
  },
  {
    name: "delete a team",
    weight: 3,
    needs: "teams.manage",
    run: (context) => {
      const team = context.random.pick(listed(context.view.stores.teams));
      return team && context.person.command("DELETE", at(context, `/teams/${team.id}`));
    },
  },
  {
    name: "put somebody in a team",
    weight: 12,
    needs: "teams.manage",
    run: (context) => {
      const team = context.random.pick(listed(context.view.stores.teams));
      const member = context.random.pick(listed(context.view.stores.members));
      if (team === undefined || member === undefined) return undefined;
      return context.person.command("PUT", at(context, `/teams/${team.id}/members/${member.id}`));
    },
  },
  {
    name: "take somebody out of a team",
    weight: 9,
    needs: "teams.manage",
    run: (context) => {
      const team = context.random.pick(listed(context.view.stores.teams));
      const memberId = team && context.random.pick(team.memberIds);
      return memberId && context.person.command("DELETE", at(context, `/teams/${team.id}/members/${memberId}`));
    },
  },
  {
    name: "change the plan",
    weight: 5,
    needs: "billing.manage",
    run: (context) => {
      const body = { plan: context.random.pick(plans), seats: context.random.integer(1, 500) };
      return context.person.command("PUT", at(context, "/subscription"), body);
    },
  },
  {
    name: "hand the workspace over",
    weight: 0.3,
    needs: "workspace.delete",
    run: (context) => {
      const member = context.random.pick(listed(context.view.stores.members));
      return member && context.person.command("POST", at(context, "/transfer"), { memberId: member.id });
    },
  },
  {
    name: "change one's own name",
    weight: 2,
    run: (context) => context.person.command("PATCH", "/v1/me", { name: name(context) }),
  },
];

/** What somebody does next, of all that they may do; at times, what they may not. */
export function chooseCommand(context: CommandContext): Promise<Outcome> | undefined {
  const { random, view } = context;
  const isBold = random.chance(0.03);
  const own = view.you.role.permissions;
  const possible = kinds.filter((kind) => isBold || kind.needs === undefined || own.includes(kind.needs));
  return random.weighted(possible.map((kind) => [kind.weight, kind] as const)).run(context);
}
