import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { meOptions } from "../api.ts";
import { Notice } from "../components/failure.tsx";
import { Button, Field, Refusal } from "../components/form.tsx";
import { useCommand } from "../components/use_command.ts";

interface Accepted {
  readonly workspace: { readonly slug: string };
}

/** Where an invite's link leads. The token stands behind the #, so that it reaches no server's log. */
export function AcceptPage() {
  const token = location.hash.slice(1);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { data: me, isPending } = useQuery(meOptions);
  const accept = useCommand<Accepted>(async ({ workspace }) => {
    queries.clear();
    await navigate({ to: "/w/$slug", params: { slug: workspace.slug } });
  });
  if (isPending) return null;
  if (token === "") return <Notice title="This link is incomplete">Ask for it to be sent again.</Notice>;
  if (me) {
    return (
      <Notice
        title="You are invited"
        actions={
          <Button
            kind="primary"
            disabled={accept.isRunning}
            onClick={() => accept.run("POST", "/invites/accept", { token })}
          >
            Join as {me.user.name}
          </Button>
        }
      >
        <p>You are signed in as {me.user.email}.</p>
        <Refusal problem={accept.problem} />
      </Notice>
    );
  }
  return (
    <main className="notice">
      <img src="/orbit.svg" alt="" width="48" height="48" />
      <h1>You are invited</h1>
      <p>
        Make your account, or <Link to="/sign-in">sign in</Link> if you have one and open the link again.
      </p>
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          accept.run("POST", "/invites/accept", {
            token,
            name: String(form.get("name")),
            password: String(form.get("password")),
          });
        }}
      >
        <Field label="Your name" name="name" autoComplete="name" required problem={accept.problem} />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={8}
          required
          problem={accept.problem}
        />
        <Refusal problem={accept.problem} />
        <Button kind="primary" type="submit" disabled={accept.isRunning}>
          Join
        </Button>
      </form>
    </main>
  );
}
