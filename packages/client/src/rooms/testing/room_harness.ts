import type { MemberId, ServerEvent } from "@orbit/catalog";
import { afterEach, beforeEach, vi } from "vitest";
import type { RealtimeClient } from "../../realtime_client.ts";
import { ids, ScriptedServer, type ScriptedSocket } from "../../testing/scripted_server.ts";
import { openRoom, type Room, type RoomOptions } from "../room.ts";

/** The room that the tests are about. */
export const id = ids.engines;

interface Sent {
  readonly type: string;
  readonly ref?: string;
  readonly room?: string;
  readonly after?: number;
  readonly kind?: string;
  readonly payload?: unknown;
}

/** One client and its server, on a clock that stands still, for each test of the file that calls this. */
export function roomHarness(): RoomHarness {
  const harness = new RoomHarness();
  beforeEach(() => {
    vi.useFakeTimers();
    harness.start();
  });
  afterEach(() => {
    harness.client.close();
    vi.useRealTimers();
  });
  return harness;
}

export class RoomHarness {
  server = new ScriptedServer();
  client!: RealtimeClient;

  start(): void {
    this.server = new ScriptedServer();
    this.client = this.server.connect();
  }

  open(room: string = id, options?: RoomOptions): Room {
    return openRoom(this.client, room, options);
  }

  settle(): Promise<unknown> {
    return vi.advanceTimersByTimeAsync(20);
  }

  /** What the client has sent of that type on its present connection. */
  sent(type: string, socket: ScriptedSocket = this.server.socket): Sent[] {
    return (socket.received as Sent[]).filter((message) => message.type === type);
  }

  payloads(kind: string): unknown[] {
    return this.sent("room.signal")
      .filter((message) => message.kind === kind)
      .map((message) => message.payload);
  }

  async goLive(seq = 10): Promise<void> {
    this.server.socket.hello(seq);
    this.server.socket.pong(seq);
    await this.settle();
  }

  /** Loses the connection, and has the next one. */
  async reconnect(): Promise<void> {
    this.server.socket.hangUp(1006);
    await vi.advanceTimersByTimeAsync(1_000);
    await this.goLive();
  }

  /** Lets in whoever has asked last. */
  async letIn(...members: MemberId[]): Promise<void> {
    this.server.socket.say(joined(...members), { type: "reply", ref: this.#lastRef, ok: true });
    await this.settle();
  }

  async refuse(code: string): Promise<void> {
    this.server.socket.say({ type: "error", ref: this.#lastRef, code, message: "no" });
    await this.settle();
  }

  async leave(room: Room): Promise<void> {
    room.close();
    await this.settle();
  }

  get #lastRef(): string {
    return this.sent("room.join").at(-1)?.ref ?? "";
  }
}

export const joined = (...members: MemberId[]): ServerEvent => ({
  type: "room.joined",
  room: id,
  members: [ids.ada, ...members],
});

export const cursor = (memberId: MemberId, payload: unknown): ServerEvent => ({
  type: "room.signal",
  room: id,
  memberId,
  kind: "cursor",
  payload,
});
