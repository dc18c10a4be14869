import type { TeamDTO, TeamId } from "@orbit/catalog";
import { type RoomStatus, useRoom, useRoomStatus, useTeam, useYou } from "@orbit/react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { RoomView } from "../components/room_view.tsx";

const route = getRouteApi("/w/$slug/teams/$teamId");

/** A team's room: who of them is here, and where they point. */
export function TeamRoomPage() {
  const { teamId } = route.useParams();
  const team = useTeam(teamId as TeamId);
  if (team === undefined) {
    return <NoRoom title="This team is gone">It was deleted, or the address is mistyped.</NoRoom>;
  }
  return <TeamRoom key={team.id} team={team} />;
}

function TeamRoom({ team }: { team: TeamDTO }) {
  const room = useRoom(team.id);
  const status = useRoomStatus(room);
  const you = useYou();
  const isMember = you !== undefined && team.memberIds.includes(you.id);
  // Whoever is let in while they look at the closed door goes in.
  useEffect(() => {
    const { state } = room.status.get();
    if (isMember && (state === "refused" || state === "left")) room.open();
  }, [room, isMember]);
  if (status.state === "refused" || status.state === "left") {
    return <NoRoom title={`The room of ${team.name}`}>{whyNot(status, team)}</NoRoom>;
  }
  return <RoomView room={room} name={team.name} back={<BackToTeams />} />;
}

function whyNot(status: RoomStatus, team: TeamDTO): string {
  if (status.state === "left") return `You are no longer in ${team.name}: its room is closed to you.`;
  if (status.state === "refused" && status.code === "room.too_many") return "You are in too many rooms already.";
  return `Only members of ${team.name} can be in its room. Whoever manages teams can add you.`;
}

function BackToTeams() {
  const { slug } = route.useParams();
  return (
    <Link className="button button-quiet back" to="/w/$slug/teams" params={{ slug }} aria-label="Back to the teams">
      <span aria-hidden="true">‹</span>
    </Link>
  );
}

function NoRoom({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <div className="page-head">
        <BackToTeams />
        <h1>{title}</h1>
      </div>
      <p role="alert" className="card">
        {children}
      </p>
    </section>
  );
}
