import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  Outlet,
  redirect,
  retainSearchParams,
} from "@tanstack/react-router";
import { meOptions } from "./api.ts";
import { Failure, NotFound } from "./components/failure.tsx";
import { AcceptPage } from "./pages/accept_page.tsx";
import { CatalogPage } from "./pages/catalog_page.tsx";
import { EventsPage } from "./pages/events_page.tsx";
import { InvitesPage } from "./pages/invites_page.tsx";
import { LobbyPage } from "./pages/lobby_page.tsx";
import { MembersPage } from "./pages/members_page.tsx";
import { NoWorkspacePage } from "./pages/no_workspace_page.tsx";
import { PlanPage } from "./pages/plan_page.tsx";
import { RolesPage } from "./pages/roles_page.tsx";
import { SettingsPage } from "./pages/settings_page.tsx";
import { SideBySidePage } from "./pages/side_by_side_page.tsx";
import { SignInPage } from "./pages/sign_in_page.tsx";
import { TeamRoomPage } from "./pages/team_room_page.tsx";
import { TeamsPage } from "./pages/teams_page.tsx";
import { WorkspaceLayout } from "./pages/workspace_layout.tsx";
import { type Seat, seats } from "./seat.ts";

interface SharedSearch {
  seat?: Seat;
}

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: ({ error }) => <Failure error={error instanceof Error ? error : new Error(String(error))} />,
  validateSearch: (search: Record<string, unknown>): SharedSearch => {
    const seat = seats.find((one) => one === search.seat);
    return seat === undefined ? {} : { seat };
  },
  search: { middlewares: [retainSearchParams(["seat"])] },
});

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: async ({ context }) => {
    const me = await context.queries.ensureQueryData(meOptions);
    if (me === null) throw redirect({ to: "/sign-in" });
    const first = me.workspaces[0];
    if (first !== undefined) throw redirect({ to: "/w/$slug", params: { slug: first.slug } });
  },
  component: NoWorkspacePage,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { to?: string } => {
    const { to } = search;
    return typeof to === "string" && to.startsWith("/") && !to.startsWith("//") ? { to } : {};
  },
  component: SignInPage,
});

const accept = createRoute({ getParentRoute: () => root, path: "/accept", component: AcceptPage });
const sideBySide = createRoute({ getParentRoute: () => root, path: "/side-by-side", component: SideBySidePage });
const catalog = createRoute({ getParentRoute: () => root, path: "/catalog", component: CatalogPage });

const workspace = createRoute({
  getParentRoute: () => root,
  path: "/w/$slug",
  beforeLoad: async ({ context, location }) => {
    const me = await context.queries.ensureQueryData(meOptions);
    if (me === null) throw redirect({ to: "/sign-in", search: { to: location.pathname } });
  },
  component: WorkspaceLayout,
});

const inWorkspace = [
  createRoute({ getParentRoute: () => workspace, path: "/", component: MembersPage }),
  createRoute({ getParentRoute: () => workspace, path: "/roles", component: RolesPage }),
  createRoute({ getParentRoute: () => workspace, path: "/teams", component: TeamsPage }),
  createRoute({ getParentRoute: () => workspace, path: "/teams/$teamId", component: TeamRoomPage }),
  createRoute({ getParentRoute: () => workspace, path: "/lobby", component: LobbyPage }),
  createRoute({ getParentRoute: () => workspace, path: "/invites", component: InvitesPage }),
  createRoute({ getParentRoute: () => workspace, path: "/plan", component: PlanPage }),
  createRoute({ getParentRoute: () => workspace, path: "/events", component: EventsPage }),
  createRoute({ getParentRoute: () => workspace, path: "/settings", component: SettingsPage }),
] as const;

export function createAppRouter(queries: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([home, signIn, accept, sideBySide, catalog, workspace.addChildren(inWorkspace)]),
    context: { queries },
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
