import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

/** A page that has one thing to say. */
export function Notice({ title, children, actions }: { title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <main className="notice">
      <img src="/orbit.svg" alt="" width="48" height="48" />
      <h1>{title}</h1>
      <div>{children}</div>
      <div className="actions">{actions}</div>
    </main>
  );
}

export function Failure({ error }: { error: Error }) {
  return (
    <Notice
      title="Something is wrong"
      actions={
        <a className="button button-primary" href={location.href}>
          Try again
        </a>
      }
    >
      <p>{error.message}</p>
    </Notice>
  );
}

export function NotFound() {
  return (
    <Notice
      title="There is nothing here"
      actions={
        <Link className="button button-primary" to="/">
          To your workspaces
        </Link>
      }
    >
      <p>The address may be mistyped, or what was here is gone.</p>
    </Notice>
  );
}
