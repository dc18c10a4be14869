import { useMutation } from "@tanstack/react-query";
import { api, Problem } from "../api.ts";

type Method = Parameters<typeof api>[0];

interface Command {
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
}

/**
 * Something asked of the node. Its effect isn't taken from the answer: it comes back as an event, to this tab as to
 * every other.
 */
export function useCommand<Answer = unknown>(onDone?: (answer: Answer) => void) {
  const mutation = useMutation({
    mutationFn: ({ method, path, body }: Command) => api<Answer>(method, path, body),
    ...(onDone && { onSuccess: onDone }),
  });
  const { error } = mutation;
  return {
    run: (method: Method, path: string, body?: unknown) => mutation.mutate({ method, path, body }),
    isRunning: mutation.isPending,
    problem:
      error === null
        ? undefined
        : error instanceof Problem
          ? error
          : new Problem(0, { detail: "The node can't be reached." }),
    reset: mutation.reset,
  };
}

export type CommandProblem = Problem | undefined;
