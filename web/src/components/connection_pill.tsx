import type { RealtimeStatus } from "@orbit/client";
import { useNodeName, useRealtimeStatus } from "@orbit/react";

const words: Record<RealtimeStatus["state"], string> = {
  connecting: "Connecting",
  "catching-up": "Catching up",
  live: "Live",
  offline: "Offline",
  ended: "Ended",
};

/** How the connection stands, in a word; and which node serves this tab, where nodes have names. */
export function ConnectionPill() {
  const status = useRealtimeStatus();
  const name = useNodeName();
  const node = status.state === "live" || status.state === "catching-up" ? name : undefined;
  const word = words[status.state];
  const label = `Connection: ${word}${node === undefined ? "" : `, node ${node}`}`;
  return (
    <span className="pill" data-state={status.state} role="status" aria-label={label}>
      {word}
      {node !== undefined && (
        <span className="pill-node" title={`This tab is served by node ${node}`}>
          {node}
        </span>
      )}
    </span>
  );
}
