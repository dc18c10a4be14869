import type { LogEntryDTO } from "@orbit/catalog";
import { useEffect, useRef, useState } from "react";
import { api } from "./api.ts";
import type { RecordedEvent } from "./event_recorder.tsx";

export function seqOf({ event }: RecordedEvent): number | undefined {
  return "seq" in event && !["hello", "pong", "resync"].includes(event.type) ? event.seq : undefined;
}

/** When the recorded events were committed, by seq, as far as the node's log tells. */
export function useCommitTimes(slug: string, events: readonly RecordedEvent[]): ReadonlyMap<number, number> {
  const [times, setTimes] = useState<ReadonlyMap<number, number>>(new Map());
  const asked = useRef(new Set<number>());
  useEffect(() => {
    const missing = events.map(seqOf).filter((seq): seq is number => seq !== undefined && !asked.current.has(seq));
    const first = missing[0];
    if (first === undefined) return;
    for (const seq of missing) asked.current.add(seq);
    api<LogEntryDTO[]>("GET", `/workspaces/${slug}/log?after=${first - 1}`).then(
      (entries) =>
        setTimes(
          (known) => new Map([...known, ...entries.map((one) => [one.seq, Date.parse(one.occurredAt)] as const)]),
        ),
      () => {
        // Offline, or out: the column stays empty for these, and the next event asks again.
        for (const seq of missing) asked.current.delete(seq);
      },
    );
  }, [slug, events]);
  return times;
}
