import { type FetchSnapshot, fetchSnapshot, type SnapshotRequest } from "@orbit/client";
import { queryOptions } from "@tanstack/react-query";

/**
 * The snapshot as a query, to prefetch on the server or in a router's loader. It never turns stale by itself: from the
 * moment the provider is there, the stream tells what changed.
 */
export function workspaceSnapshotOptions(
  request: Omit<SnapshotRequest, "signal">,
  read: FetchSnapshot = fetchSnapshot,
) {
  return queryOptions({
    queryKey: ["orbit", request.url, "workspace", request.workspace, "snapshot"],
    queryFn: ({ signal }) => read({ ...request, signal }),
    staleTime: "static",
    retry: false,
  });
}
