import type { ServerEvent } from "@orbit/catalog";
import { useEventTap } from "@orbit/react";
import { Store, useSelector } from "@tanstack/react-store";
import { createContext, type ReactNode, useContext, useRef, useState } from "react";

export interface RecordedEvent {
  /** Its place in this tab's recording: 1, 2, 3 … */
  readonly index: number;
  readonly event: ServerEvent;
  readonly size: number;
  readonly receivedAt: number;
}

const keptEvents = 500;

const RecordingContext = createContext<Store<readonly RecordedEvent[]> | null>(null);

/** Keeps the latest events of the connection but live signals for the inspector, also while another page is shown. */
export function EventRecorder({ children }: { children: ReactNode }) {
  const [recording] = useState(() => new Store<readonly RecordedEvent[]>([]));
  const waiting = useRef<RecordedEvent[]>([]);
  const count = useRef(0);
  useEventTap((event, { size, receivedAt }) => {
    // A few cursors would push out everything else within seconds.
    if (event.type === "room.signal") return;
    waiting.current.push({ index: ++count.current, event, size, receivedAt });
    if (waiting.current.length > 1) return;
    setTimeout(() => {
      const fresh = waiting.current;
      waiting.current = [];
      recording.setState((kept) => [...kept, ...fresh].slice(-keptEvents));
    }, 16);
  });
  return <RecordingContext value={recording}>{children}</RecordingContext>;
}

/** What was recorded, oldest first. */
export function useRecordedEvents(): readonly RecordedEvent[] {
  const recording = useContext(RecordingContext);
  if (recording === null) throw new Error("there is no <EventRecorder> around this component");
  return useSelector(recording);
}
