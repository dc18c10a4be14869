import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useId, useState } from "react";
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
      <span className="theme-word">Theme: {chosen}</span>
    </Button>
  );
}

/**
 * The bar above every page. Side by side, where there is little room, it has no links of its own. On a phone all that is
 * behind the spacer is a menu.
 */
export function TopBar({ children }: { children?: ReactNode }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { data: me } = useQuery(meOptions);
  const { data: config } = useQuery(configOptions);
  const menu = useId();
  return (
    <header className="top-bar">
      <Link to="/" className="brand" aria-label="Orbit: to your workspaces">
        <img src="/orbit.svg" alt="" width="26" height="26" />
        <span>Orbit</span>
      </Link>
      {children}
      <span className="spacer" />
      <button type="button" className="button button-quiet bar-menu-button" popoverTarget={menu} aria-label="Menu">
        <span aria-hidden="true">☰</span>
      </button>
      <div id={menu} className="bar-menu" popover="auto">
        {seat === undefined && (
          <nav aria-label="Orbit">
            {config?.demo && <Link to="/side-by-side">Side by side</Link>}
            <Link to="/catalog">Event catalog</Link>
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
      </div>
    </header>
  );
}
