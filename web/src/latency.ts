import { useEventTap, useRealtimeClient, useRealtimeStatus } from "@orbit/react";
import { useEffect, useRef, useState } from "react";

export interface Latency {
  /** Round trips in milliseconds, oldest first. */
  readonly samples: readonly number[];
  /** What to add to this browser's clock to read the node's, in milliseconds. */
  readonly clockOffset: number;
}

const keptSamples = 40;
const everyMs = 2_000;

/** Measures round trips while it is used, by ping and pong. */
export function useLatency(): Latency {
  const client = useRealtimeClient();
  const isConnected = useRealtimeStatus().state === "live";
  const [latency, setLatency] = useState<Latency>({ samples: [], clockOffset: 0 });
  const sentAt = useRef<number>(undefined);

  useEventTap((event) => {
    if (event.type !== "pong" || sentAt.current === undefined) return;
    const now = performance.now();
    const trip = now - sentAt.current;
    sentAt.current = undefined;
    const clockOffset = Date.parse(event.serverTime) - (performance.timeOrigin + now - trip / 2);
    setLatency(({ samples }) => ({ samples: [...samples, trip].slice(-keptSamples), clockOffset }));
  });
  useEffect(() => {
    if (!isConnected) return;
    const ping = () => {
      sentAt.current = performance.now();
      client.send({ type: "ping" });
    };
    ping();
    const timer = setInterval(ping, everyMs);
    return () => clearInterval(timer);
  }, [client, isConnected]);
  return latency;
}
