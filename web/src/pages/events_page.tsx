import { eventDocs } from "@orbit/catalog/docs";
import { useRealtimeClient, useRealtimeStatus } from "@orbit/react";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { seqOf, useCommitTimes } from "../commit_times.ts";
import { ConnectionPill } from "../components/connection_pill.tsx";
import { Button } from "../components/form.tsx";
import { Payload } from "../components/payload.tsx";
import { Sparkline } from "../components/sparkline.tsx";
import { type RecordedEvent, useRecordedEvents } from "../event_recorder.tsx";
import { useLatency } from "../latency.ts";

const route = getRouteApi("/w/$slug");
const channels = new Map(eventDocs.map((doc) => [doc.type, doc.channel]));
const clock = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});

/** The stream as this tab gets it. */
export function EventsPage() {
  const { slug } = route.useParams();
  const live = useRecordedEvents();
  const [held, setHeld] = useState<readonly RecordedEvent[]>();
  const [filter, setFilter] = useState("");
  const [open, setOpen] = useState<number>();
  const { samples, clockOffset } = useLatency();
  const commits = useCommitTimes(slug, live);
  const events = (held ?? live)
    .filter(({ event }) => event.type !== "pong" || filter.includes("pong"))
    .filter((one) => matches(one, filter))
    .toReversed();
  return (
    <section className="inspector">
      <div className="page-head">
        <h1>Inspector</h1>
        <ConnectionPill />
        <span className="spacer" />
        <Sparkline samples={samples} />
      </div>
      <Standing />
      <div className="inline-form">
        <input
          type="search"
          aria-label="Filter by type or content"
          placeholder="Filter: member, presence, an id…"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
        <Button aria-pressed={held !== undefined} onClick={() => setHeld(held === undefined ? live : undefined)}>
          {held === undefined ? "Pause" : `Resume (${countSince(held, live)} new)`}
        </Button>
      </div>
      <div className="table-scroll">
        <table className="events">
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Event</th>
              <th scope="col" className="number">
                Seq
              </th>
              <th scope="col">Channel</th>
              <th scope="col" className="number">
                Size
              </th>
              <th scope="col" className="number" title="From the commit to this tab">
                Since commit
              </th>
            </tr>
          </thead>
          <tbody>
            {events.map((one) => (
              <EventRow
                key={one.index}
                recorded={one}
                sinceCommit={sinceCommit(one, commits, clockOffset)}
                isOpen={open === one.index}
                onToggle={() => setOpen(open === one.index ? undefined : one.index)}
              />
            ))}
          </tbody>
        </table>
        {events.length === 0 && <p className="empty">Nothing yet. Change something in another tab.</p>}
      </div>
    </section>
  );
}

function matches({ event }: RecordedEvent, filter: string): boolean {
  const wanted = filter.trim().toLowerCase();
  return wanted === "" || event.type.includes(wanted) || JSON.stringify(event).toLowerCase().includes(wanted);
}

function countSince(held: readonly RecordedEvent[], live: readonly RecordedEvent[]): number {
  return (live.at(-1)?.index ?? 0) - (held.at(-1)?.index ?? 0);
}

function sinceCommit(one: RecordedEvent, commits: ReadonlyMap<number, number>, clockOffset: number) {
  const seq = seqOf(one);
  const committed = seq === undefined ? undefined : commits.get(seq);
  return committed === undefined ? undefined : Math.max(0, one.receivedAt + clockOffset - committed);
}

function Standing() {
  const client = useRealtimeClient();
  const status = useRealtimeStatus();
  const { malformed, unknown } = client.dropped;
  return (
    <dl className="standing">
      <div>
        <dt>Cursor</dt>
        <dd>{client.cursor?.seq ?? "–"}</dd>
      </div>
      <div>
        <dt>Epoch</dt>
        <dd title={client.cursor?.epoch}>{client.cursor?.epoch.slice(0, 8) ?? "–"}</dd>
      </div>
      <div>
        <dt>Dropped</dt>
        <dd>{malformed + unknown}</dd>
      </div>
      {status.state === "offline" && (
        <div>
          <dt>Attempt</dt>
          <dd>{status.attempt}</dd>
        </div>
      )}
    </dl>
  );
}

interface EventRowProps {
  readonly recorded: RecordedEvent;
  readonly sinceCommit: number | undefined;
  readonly isOpen: boolean;
  onToggle(): void;
}

function EventRow({ recorded, sinceCommit: since, isOpen, onToggle }: EventRowProps) {
  const { event, size, receivedAt } = recorded;
  return (
    <>
      <tr data-open={isOpen}>
        <td className="time">{clock.format(receivedAt)}</td>
        <th scope="row">
          <button type="button" className="event-type" aria-expanded={isOpen} onClick={onToggle}>
            {event.type}
          </button>
        </th>
        <td className="number">{seqOf(recorded) ?? ""}</td>
        <td className="quiet">{channels.get(event.type)}</td>
        <td className="number">{size} B</td>
        <td className="number">{since === undefined ? "" : `${since.toFixed(0)} ms`}</td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={6}>
            <Payload value={event} />
          </td>
        </tr>
      )}
    </>
  );
}
