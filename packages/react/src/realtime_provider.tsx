import { type ConnectOptions, RealtimeClient } from "@orbit/client";
import { useQueryClient } from "@tanstack/react-query";
import { Store, useSelector } from "@tanstack/react-store";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { workspaceSnapshotOptions } from "./snapshot_query.ts";

interface OpenedWorkspace {
  readonly client: RealtimeClient;
  readonly nodeName: Store<string | undefined>;
}

const WorkspaceContext = createContext<OpenedWorkspace | null>(null);

export interface RealtimeProviderProps extends ConnectOptions {
  readonly children: ReactNode;
}

/**
 * Opens a workspace while it is mounted; another `workspace` or `url` is another connection, the other options count
 * when it is made. Snapshots go through the surrounding QueryClient, under the key of `workspaceSnapshotOptions`: one
 * that a loader or server rendering has put there is shown in the first render.
 */
export function RealtimeProvider(props: RealtimeProviderProps) {
  const url = props.url ?? globalThis.location?.origin ?? "";
  return <OpenWorkspace key={`${url} ${props.workspace}`} {...props} url={url} />;
}

function OpenWorkspace({ children, ...options }: RealtimeProviderProps & { readonly url: string }) {
  const queries = useQueryClient();
  const [opened] = useState(() => {
    const query = workspaceSnapshotOptions(options, options.fetchSnapshot);
    const snapshot = options.snapshot ?? queries.getQueryData(query.queryKey);
    const client = new RealtimeClient({
      ...options,
      ...(snapshot && { snapshot }),
      fetchSnapshot: () => queries.fetchQuery({ ...query, staleTime: 0 }),
    });
    return { client, nodeName: new Store<string | undefined>(undefined) };
  });
  useEffect(() => {
    const { client, nodeName } = opened;
    const forget = client.onEvent((event) => {
      if (event.type === "hello") nodeName.setState(() => event.node);
    });
    client.open();
    return () => {
      client.close();
      forget();
    };
  }, [opened]);
  return <WorkspaceContext value={opened}>{children}</WorkspaceContext>;
}

function useOpenedWorkspace(): OpenedWorkspace {
  const opened = useContext(WorkspaceContext);
  if (opened === null) throw new Error("there is no <RealtimeProvider> around this component");
  return opened;
}

/** The client of the surrounding RealtimeProvider. Throws where there is none. */
export function useRealtimeClient(): RealtimeClient {
  return useOpenedWorkspace().client;
}

/** The name of the node at the other end of the connection, or of the last one; undefined where it was given none. */
export function useNodeName(): string | undefined {
  return useSelector(useOpenedWorkspace().nodeName);
}
