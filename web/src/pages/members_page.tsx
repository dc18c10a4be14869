import type { MemberId, RoleId, WorkspaceMemberDTO } from "@orbit/catalog";
import { useCan, useMember, useMemberIds, usePresence, useRoles, useTeams, useYou } from "@orbit/react";
import { getRouteApi } from "@tanstack/react-router";
import { memo, useRef, useState } from "react";
import { Avatar, LiveAvatar } from "../components/avatar.tsx";
import { Confirm } from "../components/confirm.tsx";
import { Button, Refusal } from "../components/form.tsx";
import { Ago } from "../components/time.tsx";
import { useAsked } from "../components/use_asked.ts";
import { useCommand } from "../components/use_command.ts";
import { useArrival, useLanding } from "../components/use_landing.ts";
import { useOnScreen } from "../components/use_on_screen.ts";

const route = getRouteApi("/w/$slug");

export function MembersPage() {
  const ids = useMemberIds();
  const atFirst = useRef(new Set(ids));
  return (
    <section>
      <div className="page-head">
        <h1>Members</h1>
        <span className="count">{ids.length}</span>
      </div>
      <ul className="rows" aria-label="Members">
        {ids.map((id) => (
          <Member key={id} id={id} isNew={!atFirst.current.has(id)} />
        ))}
      </ul>
    </section>
  );
}

const Member = memo(function Member({ id, isNew }: { id: MemberId; isNew: boolean }) {
  const member = useMember(id);
  const you = useYou();
  const arrival = useArrival<HTMLLIElement>(isNew);
  const isOnScreen = useOnScreen(arrival);
  const canRemove = useCan("workspace.members.remove");
  if (member === undefined) return null;
  const isYou = you?.id === id;
  return (
    <li ref={arrival} className="row">
      {isOnScreen ? (
        <LiveAvatar id={id} name={member.name} tone={member.tone} />
      ) : (
        <Avatar name={member.name} tone={member.tone} />
      )}
      <div className="grow">
        <strong>
          {member.name} {isYou && <span className="tag">you</span>}
        </strong>
        <span className="quiet">{member.email}</span>
        <InTeams id={id} />
      </div>
      {isOnScreen ? <Whereabouts id={id} /> : <span className="whereabouts" />}
      <RoleOf member={member} />
      {canRemove && !isYou && (you?.role.systemKey === "OWNER" || member.role.systemKey !== "OWNER") ? (
        <Remove member={member} />
      ) : (
        <span className="row-action" />
      )}
    </li>
  );
});

function InTeams({ id }: { id: MemberId }) {
  const teams = useTeams().filter((team) => team.memberIds.includes(id));
  return (
    <span className="chips">
      {teams.map((team) => (
        <span key={team.id} className="chip">
          {team.name}
        </span>
      ))}
    </span>
  );
}

function Whereabouts({ id }: { id: MemberId }) {
  const { status, lastSeenAt } = usePresence(id);
  return (
    <span className="whereabouts" data-status={status}>
      {status === "online" && "Online now"}
      {status === "away" && "Away"}
      {status === "offline" &&
        (lastSeenAt === null ? (
          "Offline"
        ) : (
          <>
            Seen <Ago time={lastSeenAt} />
          </>
        ))}
    </span>
  );
}

// A select for those who may change it, a word for the others; either lights up when it changes.
function RoleOf({ member }: { member: WorkspaceMemberDTO }) {
  const { slug } = route.useParams();
  const roles = useRoles();
  const you = useYou();
  const mayChange = useCan("workspace.members.change_role");
  const change = useCommand();
  const landing = useLanding<HTMLDivElement>(member.role.id + member.role.name);
  const [shown, ask] = useAsked(member.role.id, change.problem !== undefined);
  const isOwner = you?.role.systemKey === "OWNER";
  const choices = roles.filter((role) => isOwner || role.systemKey !== "OWNER");
  return (
    <div ref={landing} className="role-of">
      {mayChange && (isOwner || member.role.systemKey !== "OWNER") ? (
        <select
          aria-label={`Role of ${member.name}`}
          value={shown}
          onChange={({ target }) => {
            ask(target.value as RoleId);
            change.run("PUT", `/workspaces/${slug}/members/${member.id}/role`, { roleId: target.value });
          }}
        >
          {choices.map((role) => (
            <option key={role.id} value={role.id}>
              {role.name}
            </option>
          ))}
        </select>
      ) : (
        <span className="badge">{member.role.name}</span>
      )}
      <Refusal problem={change.problem} />
    </div>
  );
}

function Remove({ member }: { member: WorkspaceMemberDTO }) {
  const { slug } = route.useParams();
  const [isAsking, setAsking] = useState(false);
  const remove = useCommand();
  return (
    <span className="row-action">
      <Button kind="quiet" aria-label={`Remove ${member.name}`} onClick={() => setAsking(true)}>
        Remove
      </Button>
      <Refusal problem={remove.problem} />
      {isAsking && (
        <Confirm
          title={`Remove ${member.name}?`}
          action="Remove"
          onConfirm={() => remove.run("DELETE", `/workspaces/${slug}/members/${member.id}`)}
          onCancel={() => setAsking(false)}
        >
          <p>Their open tabs close at once. They can come back only by invitation.</p>
        </Confirm>
      )}
    </span>
  );
}
