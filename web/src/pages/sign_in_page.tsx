import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { configOptions, type DemoAccount, demoPassword, Problem, signIn } from "../api.ts";
import { Avatar } from "../components/avatar.tsx";
import { Button, Field, Refusal } from "../components/form.tsx";

const route = getRouteApi("/sign-in");
const tones = ["violet", "teal", "amber", "blue", "rose"] as const;

export function SignInPage() {
  const { to } = route.useSearch();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { data: config } = useQuery(configOptions);
  const entering = useMutation({
    mutationFn: ({ email, password }: { email: string; password: string }) => signIn(queries, email, password),
    onSuccess: (me, { email }) => {
      const home = config?.demoAccounts.find((account) => account.email === email)?.workspace ?? me.workspaces[0]?.slug;
      return to !== undefined || home === undefined
        ? navigate({ to: to ?? "/" })
        : navigate({ to: "/w/$slug", params: { slug: home } });
    },
  });
  const problem = entering.error instanceof Problem ? entering.error : undefined;

  return (
    <main className="sign-in">
      <div className="sign-in-intro">
        <img src="/orbit.svg" alt="" width="56" height="56" />
        <h1>Orbit</h1>
        <p>What one person changes, everybody sees. At once, in every open tab.</p>
      </div>
      <div className="card">
        <h2>Sign in</h2>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const form = new FormData(event.currentTarget);
            entering.mutate({ email: String(form.get("email")), password: String(form.get("password")) });
          }}
        >
          <Field label="E-mail" name="email" type="email" autoComplete="username" required problem={problem} />
          <Field
            label="Password"
            name="password"
            type="password"
            autoComplete="current-password"
            required
            problem={problem}
          />
          <Refusal problem={problem} />
          <Button kind="primary" type="submit" disabled={entering.isPending}>
            Sign in
          </Button>
        </form>
        {config?.demo && (
          <section className="demo-people" aria-label="People of the demo">
            <p className="quiet">This node runs with demo data. Who will you be?</p>
            <ul>
              {config.demoAccounts.map((account, index) => (
                <li key={account.email}>
                  <DemoPerson
                    account={account}
                    tone={tones[index % tones.length] ?? "slate"}
                    onChoose={() => entering.mutate({ email: account.email, password: demoPassword })}
                  />
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </main>
  );
}

function DemoPerson(props: { account: DemoAccount; tone: (typeof tones)[number] | "slate"; onChoose(): void }) {
  const { account, tone, onChoose } = props;
  return (
    <button type="button" className="demo-person" onClick={onChoose}>
      <Avatar name={account.name} tone={tone} />
      <span>
        <strong>{account.name}</strong>
        <span className="quiet">
          {account.role.toLowerCase()} of {account.workspace}
        </span>
      </span>
    </button>
  );
}
