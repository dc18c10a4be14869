import type { CreatedInviteDTO, WorkspaceInviteDTO } from "@orbit/catalog";
import { useCan, useInvites, useMember, useRoles, useYou } from "@orbit/react";
import { getRouteApi } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { Button, Field, Refusal } from "../components/form.tsx";
import { Ago } from "../components/time.tsx";
import { useCommand } from "../components/use_command.ts";
import { useArrival } from "../components/use_landing.ts";

const route = getRouteApi("/w/$slug");

export function InvitesPage() {
  const invites = useInvites();
  const mayInvite = useCan("workspace.members.invite");
  const atFirst = useRef(new Set(invites.map((invite) => invite.id)));
  if (!mayInvite) {
    return (
      <section>
        <h1>Invites</h1>
        <p className="empty">Your role doesn't let you see invites.</p>
      </section>
    );
  }
  return (
    <section>
      <div className="page-head">
        <h1>Invites</h1>
        <span className="count">{invites.length}</span>
      </div>
      <NewInvite />
      {invites.length === 0 && <p className="empty">No invite is open.</p>}
      <ul className="rows" aria-label="Open invites">
        {invites.map((invite) => (
          <Invite key={invite.id} invite={invite} isNew={!atFirst.current.has(invite.id)} />
        ))}
      </ul>
    </section>
  );
}

function NewInvite() {
  const { slug } = route.useParams();
  const you = useYou();
  const roles = useRoles().filter((role) => role.systemKey !== "OWNER" || you?.role.systemKey === "OWNER");
  const usual = roles.find((role) => role.systemKey === "MEMBER")?.id;
  const form = useRef<HTMLFormElement>(null);
  const [created, setCreated] = useState<CreatedInviteDTO>();
  const create = useCommand<CreatedInviteDTO>((made) => {
    setCreated(made);
    form.current?.reset();
  });
  return (
    <>
      <form
        ref={form}
        className="inline-form"
        onSubmit={(event) => {
          event.preventDefault();
          const fields = new FormData(event.currentTarget);
          create.run("POST", `/workspaces/${slug}/invites`, {
            email: String(fields.get("email")),
            roleId: String(fields.get("roleId")),
          });
        }}
      >
        <Field
          label="E-mail"
          name="email"
          type="email"
          placeholder="ada@example.com"
          required
          problem={create.problem}
        />
        <label className="field">
          Role
          <select key={usual} name="roleId" defaultValue={usual}>
            {roles.map((role) => (
              <option key={role.id} value={role.id}>
                {role.name}
              </option>
            ))}
          </select>
        </label>
        <Button kind="primary" type="submit" disabled={create.isRunning}>
          Invite
        </Button>
        <Refusal problem={create.problem} />
      </form>
      {created && <InviteLink created={created} />}
    </>
  );
}

function InviteLink({ created }: { created: CreatedInviteDTO }) {
  const link = `${location.origin}/accept#${created.token}`;
  const [isCopied, setCopied] = useState(false);
  return (
    <div className="card invite-link">
      <p>Send this link to {created.invite.email}. It is shown this once.</p>
      <div className="inline-form">
        <input readOnly aria-label="Link of the invite" value={link} onFocus={(event) => event.target.select()} />
        <Button onClick={() => navigator.clipboard.writeText(link).then(() => setCopied(true))}>
          {isCopied ? "Copied" : "Copy"}
        </Button>
      </div>
    </div>
  );
}

function Invite({ invite, isNew }: { invite: WorkspaceInviteDTO; isNew: boolean }) {
  const { slug } = route.useParams();
  const arrival = useArrival<HTMLLIElement>(isNew);
  const inviter = useMember(invite.invitedById);
  const revoke = useCommand();
  return (
    <li ref={arrival} className="row">
      <div className="grow">
        <strong>{invite.email}</strong>
        <span className="quiet">
          invited {inviter && <>by {inviter.name} </>}
          <Ago time={invite.createdAt} />
        </span>
      </div>
      <span className="badge">{invite.role?.name ?? "No role"}</span>
      <Button
        kind="quiet"
        aria-label={`Revoke the invite of ${invite.email}`}
        disabled={revoke.isRunning}
        onClick={() => revoke.run("DELETE", `/workspaces/${slug}/invites/${invite.id}`)}
      >
        Revoke
      </Button>
      <Refusal problem={revoke.problem} />
    </li>
  );
}
