import { type InputHTMLAttributes, type ReactNode, useId } from "react";
import type { CommandProblem } from "./use_command.ts";

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "id"> {
  readonly label: string;
  readonly name: string;
  readonly problem?: CommandProblem;
}

/** A labelled input; what the node says about it stands below. */
export function Field({ label, problem, ...input }: FieldProps) {
  const id = useId();
  const fault = problem?.fields.get(input.name);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} {...input} aria-invalid={fault !== undefined} aria-describedby={`${id}-fault`} />
      <span id={`${id}-fault`} className="fault">
        {fault}
      </span>
    </div>
  );
}

/** What the node said of a command that it refused, unless the fields tell it all. */
export function Refusal({ problem }: { problem: CommandProblem }) {
  return (
    <p role="alert" className="refusal" hidden={problem === undefined || problem.fields.size > 0}>
      {problem?.message}
    </p>
  );
}

export function Button({
  children,
  kind = "plain",
  ...button
}: React.ButtonHTMLAttributes<HTMLButtonElement> & {
  kind?: "plain" | "primary" | "danger" | "quiet";
  children: ReactNode;
}) {
  return (
    <button type="button" className={`button button-${kind}`} {...button}>
      {children}
    </button>
  );
}
