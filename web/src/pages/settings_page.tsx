import type { WorkspaceDTO } from "@orbit/catalog";
import { useCan, useMembers, useWorkspace, useYou } from "@orbit/react";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { Confirm } from "../components/confirm.tsx";
import { Button, Field, Refusal } from "../components/form.tsx";
import { useCommand } from "../components/use_command.ts";

const route = getRouteApi("/w/$slug");

export function SettingsPage() {
  const workspace = useWorkspace();
  const you = useYou();
  const mayEdit = useCan("workspace.settings.edit");
  const mayDelete = useCan("workspace.delete");
  if (workspace === null || you === undefined) return null;
  return (
    <section>
      <div className="page-head">
        <h1>Settings</h1>
      </div>
      {mayEdit && <Rename key={workspace.name} workspace={workspace} />}
      <YourName key={you.name} name={you.name} />
      {workspace.ownerId === you.id && <Transfer />}
      <Leave name={workspace.name} />
      {mayDelete && <Delete name={workspace.name} />}
    </section>
  );
}

function Rename({ workspace }: { workspace: WorkspaceDTO }) {
  const { slug } = route.useParams();
  const rename = useCommand();
  return (
    <form
      className="card"
      onSubmit={(event) => {
        event.preventDefault();
        rename.run("PATCH", `/workspaces/${slug}`, { name: String(new FormData(event.currentTarget).get("name")) });
      }}
    >
      <h2>Workspace</h2>
      <div className="inline-form">
        <Field
          label="Name"
          name="name"
          required
          maxLength={80}
          defaultValue={workspace.name}
          problem={rename.problem}
        />
        <Button type="submit" disabled={rename.isRunning}>
          Rename
        </Button>
      </div>
      <Refusal problem={rename.problem} />
    </form>
  );
}

function YourName({ name }: { name: string }) {
  const rename = useCommand();
  return (
    <form
      className="card"
      onSubmit={(event) => {
        event.preventDefault();
        rename.run("PATCH", "/me", { name: String(new FormData(event.currentTarget).get("name")) });
      }}
    >
      <h2>You</h2>
      <div className="inline-form">
        <Field label="Your name" name="name" required maxLength={80} defaultValue={name} problem={rename.problem} />
        <Button type="submit" disabled={rename.isRunning}>
          Save
        </Button>
      </div>
      <Refusal problem={rename.problem} />
    </form>
  );
}

function Transfer() {
  const { slug } = route.useParams();
  const you = useYou();
  const others = useMembers().filter((member) => member.id !== you?.id);
  const [to, setTo] = useState("");
  const [isAsking, setAsking] = useState(false);
  const transfer = useCommand();
  const heir = others.find((member) => member.id === to);
  return (
    <div className="card">
      <h2>Ownership</h2>
      <div className="inline-form">
        <label className="field">
          Hand it over to
          <select value={to} onChange={(event) => setTo(event.target.value)}>
            <option value="" disabled>
              Choose somebody
            </option>
            {others.map((member) => (
              <option key={member.id} value={member.id}>
                {member.name}
              </option>
            ))}
          </select>
        </label>
        <Button disabled={heir === undefined} onClick={() => setAsking(true)}>
          Hand over
        </Button>
      </div>
      <Refusal problem={transfer.problem} />
      {isAsking && heir && (
        <Confirm
          title={`Make ${heir.name} the owner?`}
          action="Hand over"
          onConfirm={() => transfer.run("POST", `/workspaces/${slug}/transfer`, { memberId: heir.id })}
          onCancel={() => setAsking(false)}
        >
          <p>Only they can hand it back.</p>
        </Confirm>
      )}
    </div>
  );
}

function Leave({ name }: { name: string }) {
  const { slug } = route.useParams();
  const [isAsking, setAsking] = useState(false);
  const leave = useCommand();
  return (
    <div className="card">
      <h2>Leave</h2>
      <p className="quiet">You can come back only by invitation. The last owner can't leave.</p>
      <div className="actions">
        <Button onClick={() => setAsking(true)}>Leave {name}</Button>
      </div>
      <Refusal problem={leave.problem} />
      {isAsking && (
        <Confirm
          title={`Leave ${name}?`}
          action="Leave"
          onConfirm={() => leave.run("POST", `/workspaces/${slug}/leave`)}
          onCancel={() => setAsking(false)}
        >
          <p>Your open tabs close at once.</p>
        </Confirm>
      )}
    </div>
  );
}

function Delete({ name }: { name: string }) {
  const { slug } = route.useParams();
  const [isAsking, setAsking] = useState(false);
  const remove = useCommand();
  return (
    <div className="card">
      <h2>Delete</h2>
      <p className="quiet">Everything in it is gone for good, for everybody.</p>
      <div className="actions">
        <Button kind="danger" onClick={() => setAsking(true)}>
          Delete {name}
        </Button>
      </div>
      <Refusal problem={remove.problem} />
      {isAsking && (
        <Confirm
          title={`Delete ${name}?`}
          action="Delete for good"
          onConfirm={() => remove.run("DELETE", `/workspaces/${slug}`)}
          onCancel={() => setAsking(false)}
        >
          <p>Members, roles, teams and invites go with it. There is no way back.</p>
        </Confirm>
      )}
    </div>
  );
}
