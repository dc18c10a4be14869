import type { RealtimeStatus } from "@orbit/client";
import { useRealtimeStatus } from "@orbit/react";

const words: Record<RealtimeStatus["state"], string> = {
  connecting: "Connecting",
  "catching-up": "Catching up",
  live: "Live",
  offline: "Offline",
  ended: "Ended",
};

/** How the connection stands, in a word. */
export function ConnectionPill() {
  const status = useRealtimeStatus();
  return (
    <span className="pill" data-state={status.state} role="status" aria-label={`Connection: ${words[status.state]}`}>
      {words[status.state]}
    </span>
  );
}
