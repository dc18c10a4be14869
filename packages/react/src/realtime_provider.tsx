import { type ConnectOptions, RealtimeClient } from "@orbit/client";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { workspaceSnapshotOptions } from "./snapshot_query.ts";

const ClientContext = createContext<RealtimeClient | null>(null);

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
  const [client] = useState(() => {
    const query = workspaceSnapshotOptions(options, options.fetchSnapshot);
    const snapshot = options.snapshot ?? queries.getQueryData(query.queryKey);
    return new RealtimeClient({
      ...options,
      ...(snapshot && { snapshot }),
      fetchSnapshot: () => queries.fetchQuery({ ...query, staleTime: 0 }),
    });
  });
  useEffect(() => {
    client.open();
    return () => client.close();
  }, [client]);
  return <ClientContext value={client}>{children}</ClientContext>;
}

/** The client of the surrounding RealtimeProvider. Throws where there is none. */
export function useRealtimeClient(): RealtimeClient {
  const client = useContext(ClientContext);
  if (client === null) throw new Error("there is no <RealtimeProvider> around this component");
  return client;
}
