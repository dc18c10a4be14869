import { connect, type RealtimeClient, type SocketLike } from "@orbit/client";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { BoardEvent, BoardId, CardDTO } from "./board_event.ts";
import { BoardStore } from "./board_store.ts";

const board: BoardId = "board_0198c0de-5a1e-7000-8000-000000000001";
const fly: CardDTO = { id: "card_0198c0de-5a1e-7000-8000-00000000000a", boardId: board, title: "Fly", column: "todo" };
const land: CardDTO = { ...fly, id: "card_0198c0de-5a1e-7000-8000-00000000000b", title: "Land" };

let socket: SocketLike;
let client: RealtimeClient;
let store: BoardStore;

beforeEach(() => {
  socket = { onmessage: null, onclose: null, onerror: null, send: () => {}, close: () => {} };
  client = connect({ workspace: "acme", url: "http://127.0.0.1:8080", openSocket: () => socket });
  store = new BoardStore(client, board);
});
afterEach(() => client.close());

const say = (frame: BoardEvent | Record<string, unknown>) => socket.onmessage?.({ data: JSON.stringify(frame) });
const shown = () => [...store.cards.get().values()].map((card) => `${card.title}: ${card.column}`);

it("shows what events tell of the cards of its board", () => {
  say({ type: "card.added", seq: 1, card: fly });
  say({ type: "card.added", seq: 2, card: land });
  say({ type: "card.moved", seq: 3, card: { ...fly, column: "done" } });
  expect(shown()).toEqual(["Fly: done", "Land: todo"]);
  say({ type: "card.removed", seq: 4, boardId: board, cardId: land.id });
  say({ type: "card.added", seq: 5, card: { ...land, boardId: "board_other" } });
  expect(shown()).toEqual(["Fly: done"]);
});

it("joins what it loads with the events that are newer", () => {
  say({ type: "card.moved", seq: 7, card: { ...fly, column: "doing" } });
  say({ type: "card.removed", seq: 8, boardId: board, cardId: land.id });
  store.load(6, [fly, land]);
  expect(shown()).toEqual(["Fly: doing"]);
  store.load(9, [{ ...fly, column: "done" }, land]);
  store.load(6, [fly]);
  say({ type: "card.moved", seq: 9, card: fly });
  expect(shown()).toEqual(["Fly: done", "Land: todo"]);
});

it("leaves aside what is malformed and what is another feature's", () => {
  say({ type: "card.added", seq: 1, card: { ...fly, column: "nowhere" } });
  say({ type: "card.added", card: fly });
  say({ type: "card.removed", seq: 2, boardId: board, cardId: 7 });
  say({ type: "constructor", seq: 3 });
  expect(shown()).toEqual([]);
});

it("hears no more once it is closed", () => {
  store.close();
  say({ type: "card.added", seq: 1, card: fly });
  expect(shown()).toEqual([]);
  expect(client.dropped.unknown).toBe(1);
});
