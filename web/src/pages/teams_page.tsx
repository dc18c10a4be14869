import type { MemberId, TeamDTO } from "@orbit/catalog";
import { useCan, useMembers, useTeams, useYou } from "@orbit/react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { LiveAvatar } from "../components/avatar.tsx";
import { Confirm } from "../components/confirm.tsx";
import { Button, Field, Refusal } from "../components/form.tsx";
import { useCommand } from "../components/use_command.ts";
import { useArrival, useLanding } from "../components/use_landing.ts";

const route = getRouteApi("/w/$slug");

export function TeamsPage() {
  const teams = useTeams();
  const mayManage = useCan("teams.manage");
  const atFirst = useRef(new Set(teams.map((team) => team.id)));
  return (
    <section>
      <div className="page-head">
        <h1>Teams</h1>
        <span className="count">{teams.length}</span>
      </div>
      {mayManage && <NewTeam />}
      {teams.length === 0 && <p className="empty">There are no teams yet.</p>}
      <ul className="cards" aria-label="Teams">
        {teams.map((team) => (
          <Team key={team.id} team={team} mayManage={mayManage} isNew={!atFirst.current.has(team.id)} />
        ))}
      </ul>
    </section>
  );
}

function NewTeam() {
  const { slug } = route.useParams();
  const form = useRef<HTMLFormElement>(null);
  const create = useCommand(() => form.current?.reset());
  return (
    <form
      ref={form}
      className="inline-form"
      onSubmit={(event) => {
        event.preventDefault();
        create.run("POST", `/workspaces/${slug}/teams`, {
          name: String(new FormData(event.currentTarget).get("name")),
        });
      }}
    >
      <Field label="New team" name="name" placeholder="Research" required maxLength={80} problem={create.problem} />
      <Button kind="primary" type="submit" disabled={create.isRunning}>
        Add team
      </Button>
      <Refusal problem={create.problem} />
    </form>
  );
}

function Team({ team, mayManage, isNew }: { team: TeamDTO; mayManage: boolean; isNew: boolean }) {
  const { slug } = route.useParams();
  const arrival = useArrival<HTMLLIElement>(isNew);
  const title = useLanding<HTMLHeadingElement>(team.name);
  const everybody = useMembers();
  const you = useYou();
  const atFirst = useRef(new Set(team.memberIds));
  const change = useCommand();
  const address = `/workspaces/${slug}/teams/${team.id}`;
  const inside = everybody.filter((member) => team.memberIds.includes(member.id));
  const outside = everybody.filter((member) => !team.memberIds.includes(member.id));
  return (
    <li ref={arrival} className="card" aria-label={team.name}>
      <div className="card-head">
        <h2 ref={title}>{team.name}</h2>
        <span className="spacer" />
        <span className="quiet">{inside.length === 1 ? "1 member" : `${inside.length} members`}</span>
        {you && team.memberIds.includes(you.id) && (
          <Link
            className="button"
            to="/w/$slug/teams/$teamId"
            params={{ slug, teamId: team.id }}
            aria-label={`Room of ${team.name}`}
          >
            Room
          </Link>
        )}
      </div>
      <ul className="people" aria-label={`Members of ${team.name}`}>
        {inside.map((member) => (
          <Teammate
            key={member.id}
            id={member.id}
            name={member.name}
            isNew={!atFirst.current.has(member.id)}
            {...(mayManage && { onRemove: () => change.run("DELETE", `${address}/members/${member.id}`) })}
          />
        ))}
      </ul>
      {mayManage && (
        <div className="actions team-actions">
          {outside.length > 0 && (
            <select
              aria-label={`Add somebody to ${team.name}`}
              value=""
              disabled={change.isRunning}
              onChange={(event) => change.run("PUT", `${address}/members/${event.target.value}`)}
            >
              <option value="" disabled>
                Add somebody…
              </option>
              {outside.map((member) => (
                <option key={member.id} value={member.id}>
                  {member.name}
                </option>
              ))}
            </select>
          )}
          <RenameTeam team={team} onRename={(name) => change.run("PATCH", address, { name })} />
          <DeleteTeam team={team} onDelete={() => change.run("DELETE", address)} />
        </div>
      )}
      <Refusal problem={change.problem} />
    </li>
  );
}

function Teammate({ id, name, isNew, onRemove }: { id: MemberId; name: string; isNew: boolean; onRemove?(): void }) {
  const arrival = useArrival<HTMLLIElement>(isNew);
  const tone = useMembers().find((member) => member.id === id)?.tone ?? "slate";
  return (
    <li ref={arrival} className="person">
      <LiveAvatar id={id} name={name} tone={tone} size="small" />
      <span>{name}</span>
      {onRemove && (
        <button type="button" className="cross" aria-label={`Take ${name} out`} onClick={onRemove}>
          ×
        </button>
      )}
    </li>
  );
}

function RenameTeam({ team, onRename }: { team: TeamDTO; onRename(name: string): void }) {
  const [isOpen, setOpen] = useState(false);
  if (!isOpen) {
    return (
      <Button kind="quiet" aria-label={`Rename ${team.name}`} onClick={() => setOpen(true)}>
        Rename
      </Button>
    );
  }
  return (
    <form
      className="inline-form"
      onKeyDown={(event) => event.key === "Escape" && setOpen(false)}
      onSubmit={(event) => {
        event.preventDefault();
        onRename(String(new FormData(event.currentTarget).get("name")));
        setOpen(false);
      }}
    >
      <input
        ref={selectWhole}
        name="name"
        aria-label={`New name of ${team.name}`}
        defaultValue={team.name}
        required
        maxLength={80}
      />
      <Button type="submit">Save</Button>
    </form>
  );
}

// Focuses the input that has just appeared, its text selected.
const selectWhole = (input: HTMLInputElement | null) => input?.select();

function DeleteTeam({ team, onDelete }: { team: TeamDTO; onDelete(): void }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button kind="quiet" aria-label={`Delete ${team.name}`} onClick={() => setAsking(true)}>
        Delete
      </Button>
      {isAsking && (
        <Confirm title={`Delete ${team.name}?`} action="Delete" onConfirm={onDelete} onCancel={() => setAsking(false)}>
          <p>Its members stay in the workspace.</p>
        </Confirm>
      )}
    </>
  );
}
