import { type Permission, permissions, type WorkspaceRoleDTO } from "@orbit/catalog";
import { useCan, useMembers, useRoles } from "@orbit/react";
import { getRouteApi } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { Confirm } from "../components/confirm.tsx";
import { Button, Field, Refusal } from "../components/form.tsx";
import { useAsked } from "../components/use_asked.ts";
import { useCommand } from "../components/use_command.ts";
import { useArrival, useLanding } from "../components/use_landing.ts";

const route = getRouteApi("/w/$slug");

const permissionNames: Record<Permission, string> = {
  "workspace.delete": "Delete the workspace",
  "workspace.settings.edit": "Edit settings",
  "workspace.roles.manage": "Manage roles",
  "workspace.members.invite": "Invite people",
  "workspace.members.remove": "Remove members",
  "workspace.members.change_role": "Change members' roles",
  "teams.manage": "Manage teams",
  "billing.manage": "Manage billing",
};

export function RolesPage() {
  const roles = useRoles();
  const mayManage = useCan("workspace.roles.manage");
  const atFirst = useRef(new Set(roles.map((role) => role.id)));
  return (
    <section>
      <div className="page-head">
        <h1>Roles</h1>
        <span className="count">{roles.length}</span>
      </div>
      {mayManage && <NewRole />}
      <ul className="cards" aria-label="Roles">
        {roles.map((role) => (
          <Role key={role.id} role={role} mayManage={mayManage} isNew={!atFirst.current.has(role.id)} />
        ))}
      </ul>
    </section>
  );
}

function NewRole() {
  const { slug } = route.useParams();
  const form = useRef<HTMLFormElement>(null);
  const create = useCommand(() => form.current?.reset());
  return (
    <form
      ref={form}
      className="inline-form"
      onSubmit={(event) => {
        event.preventDefault();
        const name = String(new FormData(event.currentTarget).get("name"));
        create.run("POST", `/workspaces/${slug}/roles`, { name, permissions: [] });
      }}
    >
      <Field label="New role" name="name" placeholder="Support" required maxLength={80} problem={create.problem} />
      <Button kind="primary" type="submit" disabled={create.isRunning}>
        Add role
      </Button>
      <Refusal problem={create.problem} />
    </form>
  );
}

function Role({ role, mayManage, isNew }: { role: WorkspaceRoleDTO; mayManage: boolean; isNew: boolean }) {
  const { slug } = route.useParams();
  const arrival = useArrival<HTMLLIElement>(isNew);
  const title = useLanding<HTMLHeadingElement>(role.name);
  const holders = useMembers().filter((member) => member.role.id === role.id).length;
  const change = useCommand();
  const mayEdit = mayManage && role.systemKey !== "OWNER";
  const [held, ask] = useAsked(role.permissions, change.problem !== undefined);
  const toggle = (permission: Permission, isHeld: boolean) => {
    const wanted = isHeld ? [...held, permission] : held.filter((one) => one !== permission);
    ask(wanted);
    change.run("PATCH", `/workspaces/${slug}/roles/${role.id}`, { permissions: wanted });
  };
  return (
    <li ref={arrival} className="card" aria-label={role.name}>
      <div className="card-head">
        <h2 ref={title}>{role.name}</h2>
        {role.isSystem && <span className="tag">system</span>}
        <span className="spacer" />
        <span className="quiet">{holders === 1 ? "1 member" : `${holders} members`}</span>
      </div>
      {role.description && <p className="quiet">{role.description}</p>}
      <fieldset disabled={!mayEdit}>
        <legend className="visually-hidden">What {role.name} may do</legend>
        {permissions.map((permission) => (
          <PermissionBox
            key={permission}
            permission={permission}
            isHeld={held.includes(permission)}
            onToggle={toggle}
          />
        ))}
      </fieldset>
      <Refusal problem={change.problem} />
      {mayManage && !role.isSystem && <DeleteRole role={role} isHeld={holders > 0} />}
    </li>
  );
}

function PermissionBox(props: {
  permission: Permission;
  isHeld: boolean;
  onToggle(one: Permission, on: boolean): void;
}) {
  const { permission, isHeld, onToggle } = props;
  const landing = useLanding<HTMLLabelElement>(isHeld);
  return (
    <label ref={landing} className="check">
      <input type="checkbox" checked={isHeld} onChange={(event) => onToggle(permission, event.target.checked)} />
      {permissionNames[permission]}
    </label>
  );
}

function DeleteRole({ role, isHeld }: { role: WorkspaceRoleDTO; isHeld: boolean }) {
  const { slug } = route.useParams();
  const [isAsking, setAsking] = useState(false);
  const remove = useCommand();
  return (
    <div className="actions">
      <Button
        kind="quiet"
        disabled={isHeld}
        title={isHeld ? "Members hold this role" : undefined}
        onClick={() => setAsking(true)}
      >
        Delete {role.name}
      </Button>
      <Refusal problem={remove.problem} />
      {isAsking && (
        <Confirm
          title={`Delete the role ${role.name}?`}
          action="Delete"
          onConfirm={() => remove.run("DELETE", `/workspaces/${slug}/roles/${role.id}`)}
          onCancel={() => setAsking(false)}
        >
          <p>Nobody holds it. Open invites for it will have no role.</p>
        </Confirm>
      )}
    </div>
  );
}
