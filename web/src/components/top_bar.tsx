import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { configOptions, meOptions, signOut } from "../api.ts";
import { seat } from "../seat.ts";
import { applyTheme, theme, themes } from "../theme.ts";
import { Button } from "./form.tsx";

function ThemeButton() {
  const [chosen, setChosen] = useState(theme);
  const next = themes[(themes.indexOf(chosen) + 1) % themes.length] ?? "system";
  return (
    <Button
      kind="quiet"
      title={`Theme: ${chosen}`}
      aria-label={`Theme: ${chosen}. Change to ${next}`}
      onClick={() => {
        applyTheme(next);
        setChosen(next);
      }}
    >
      <span aria-hidden="true">{chosen === "dark" ? "☾" : chosen === "light" ? "☀" : "◐"}</span>
    </Button>
  );
}

/** The bar above every page. Side by side, where there is little room, it holds only what it is given. */
export function TopBar({ children }: { children?: ReactNode }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { data: me } = useQuery(meOptions);
  const { data: config } = useQuery(configOptions);
  return (
    <header className="top-bar">
      <Link to="/" className="brand" aria-label="Orbit: to your workspaces">
        <img src="/orbit.svg" alt="" width="26" height="26" />
        <span>Orbit</span>
      </Link>
      {children}
      <span className="spacer" />
      {seat === undefined && (
        <nav aria-label="Orbit">
          {config?.demo && <Link to="/side-by-side">Side by side</Link>}
          <Link to="/catalog">Events</Link>
        </nav>
      )}
      <ThemeButton />
      {me && (
        <>
          <span className="who" title={me.user.email}>
            {me.user.name}
          </span>
          <Button
            kind="quiet"
            onClick={async () => {
              await signOut(queries);
              await navigate({ to: "/sign-in" });
            }}
          >
            Sign out
          </Button>
        </>
      )}
    </header>
  );
}
