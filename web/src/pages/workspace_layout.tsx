import { permissions } from "@orbit/catalog";
import type { EndReason } from "@orbit/client";
import {
  RealtimeProvider,
  useCan,
  useOnlineCount,
  useOnlineMembers,
  useRealtimeStatus,
  useWorkspace,
} from "@orbit/react";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { fetchSeatedSnapshot, meOptions } from "../api.ts";
import { LiveAvatar } from "../components/avatar.tsx";
import { ConnectionPill } from "../components/connection_pill.tsx";
import { Notice } from "../components/failure.tsx";
import { TopBar } from "../components/top_bar.tsx";
import { useLanding } from "../components/use_landing.ts";
import { EventRecorder } from "../event_recorder.tsx";
import { seated } from "../seat.ts";

const route = getRouteApi("/w/$slug");
const openSeatedSocket = (url: string) => new WebSocket(seated(url));

export function WorkspaceLayout() {
  const { slug } = route.useParams();
  return (
    <RealtimeProvider workspace={slug} fetchSnapshot={fetchSeatedSnapshot} openSocket={openSeatedSocket}>
      <EventRecorder>
        <Workspace />
      </EventRecorder>
    </RealtimeProvider>
  );
}

function Workspace() {
  const workspace = useWorkspace();
  const status = useRealtimeStatus();
  const title = useLanding<HTMLSpanElement>(workspace?.name);
  useEffect(() => {
    document.title = workspace === null ? "Orbit" : `${workspace.name} · Orbit`;
  }, [workspace]);

  if (status.state === "ended" && status.reason !== "closed") {
    return <Ended reason={status.reason} workspace={workspace?.name ?? "this workspace"} />;
  }
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <TopBar>
        <span ref={title} className="workspace-name">
          {workspace?.name}
        </span>
        <ConnectionPill />
        <span className="spacer" />
        <WhoIsHere />
      </TopBar>
      <div className="workspace">
        <Sections />
        <main id="main" tabIndex={-1}>
          {workspace === null ? <Skeleton /> : <Outlet />}
        </main>
      </div>
    </>
  );
}

function Sections() {
  const { slug } = route.useParams();
  const seesInvites = useCan("workspace.members.invite");
  const params = { slug };
  const { pathname } = useLocation();
  const sections = useRef<HTMLElement>(null);
  // Where they scroll sideways, the one that is open is in sight.
  useEffect(() => {
    const link = [...(sections.current?.querySelectorAll("a") ?? [])].find((one) => one.pathname === pathname);
    link?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [pathname]);
  return (
    <nav ref={sections} className="sections" aria-label="Workspace">
      <Link to="/w/$slug" params={params} activeOptions={{ exact: true }}>
        Members
      </Link>
      <Link to="/w/$slug/roles" params={params}>
        Roles
      </Link>
      <Link to="/w/$slug/teams" params={params}>
        Teams
      </Link>
      <Link to="/w/$slug/lobby" params={params}>
        Lobby
      </Link>
      {seesInvites && (
        <Link to="/w/$slug/invites" params={params}>
          Invites
        </Link>
      )}
      <Link to="/w/$slug/plan" params={params}>
        Plan
      </Link>
      <Link to="/w/$slug/events" params={params}>
        Inspector
      </Link>
      <Link to="/w/$slug/settings" params={params}>
        Settings
      </Link>
    </nav>
  );
}

function WhoIsHere() {
  const here = useOnlineMembers();
  const count = useOnlineCount();
  return (
    <span className="who-is-here">
      <span className="stack" aria-hidden="true">
        {here.slice(0, 5).map((member) => (
          <LiveAvatar key={member.id} id={member.id} name={member.name} tone={member.tone} size="small" />
        ))}
      </span>
      <span className="quiet">{count.toLocaleString("en")} online</span>
    </span>
  );
}

const endings: Record<Exclude<EndReason, "closed">, (workspace: string) => readonly [string, string]> = {
  session_ended: () => ["You are signed out", "Your session has ended: here, in another tab, or since it was revoked."],
  membership_ended: (workspace) => [
    `You are no longer a member of ${workspace}`,
    "Somebody removed you, or you left. Nothing of it is shown here any more.",
  ],
  workspace_deleted: (workspace) => [`${workspace} is gone`, "Its owner has deleted it, with everything in it."],
};

function Ended({ reason, workspace }: { reason: Exclude<EndReason, "closed">; workspace: string }) {
  const queries = useQueryClient();
  const [title, explanation] = endings[reason](workspace);
  return (
    <Notice
      title={title}
      actions={
        <Link className="button button-primary" to="/" onClick={() => queries.removeQueries(meOptions)}>
          {reason === "session_ended" ? "Sign in" : "To your workspaces"}
        </Link>
      }
    >
      <p role="alert">{explanation}</p>
    </Notice>
  );
}

function Skeleton() {
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      {permissions.slice(0, 4).map((one) => (
        <span key={one} />
      ))}
    </div>
  );
}
