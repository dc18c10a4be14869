import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { meOptions } from "../api.ts";
import { Button, Field, Refusal } from "../components/form.tsx";
import { TopBar } from "../components/top_bar.tsx";
import { useCommand } from "../components/use_command.ts";

const slugFrom = (name: string) =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 40);

/** For somebody who is in no workspace yet: they can make one. */
export function NoWorkspacePage() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const create = useCommand<{ slug: string }>(async ({ slug }) => {
    await queries.invalidateQueries(meOptions);
    await navigate({ to: "/w/$slug", params: { slug } });
  });
  return (
    <>
      <TopBar />
      <main className="notice">
        <h1>Make a workspace</h1>
        <p>You are in none yet. Make one, or ask somebody to invite you to theirs.</p>
        <form
          className="card"
          onSubmit={(event) => {
            event.preventDefault();
            const form = new FormData(event.currentTarget);
            create.run("POST", "/workspaces", { name, slug: String(form.get("slug")) });
          }}
        >
          <Field
            label="Name"
            name="name"
            required
            value={name}
            onChange={(event) => setName(event.target.value)}
            problem={create.problem}
          />
          <Field
            key={slugFrom(name)}
            label="Address"
            name="slug"
            required
            defaultValue={slugFrom(name)}
            problem={create.problem}
          />
          <Refusal problem={create.problem} />
          <Button kind="primary" type="submit" disabled={create.isRunning}>
            Make workspace
          </Button>
        </form>
      </main>
    </>
  );
}
