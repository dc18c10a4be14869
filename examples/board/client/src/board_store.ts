import { assertNever } from "@orbit/catalog";
import type { Readable, RealtimeClient } from "@orbit/client";
import { Store } from "@tanstack/store";
import { type BoardEvent, type BoardId, type CardDTO, type CardId, checkBoardFrame } from "./board_event.ts";

export type Cards = ReadonlyMap<CardId, CardDTO>;

/**
 * The cards of one board, as the server has committed them. Seqs belong to an epoch: when `hello` brings another, make a
 * new store.
 */
export class BoardStore {
  readonly #cards = new Store<Cards>(new Map());
  readonly #stop: () => void;
  // The newest event of each card since what was loaded.
  readonly #newest = new Map<CardId, BoardEvent>();
  #loadedSeq = 0;

  constructor(client: Pick<RealtimeClient, "onUnknownEvent">, board: BoardId) {
    this.#stop = client.onUnknownEvent((frame) => {
      const event = checkBoardFrame(frame);
      if (event !== undefined && subject(event).boardId === board) this.#apply(event);
    });
  }

  get cards(): Readable<Cards> {
    return this.#cards;
  }

  /** Shows the cards that the server held at `seq`, and what newer events told. After each `hello` and `resync`. */
  load(seq: number, cards: readonly CardDTO[]): void {
    if (seq < this.#loadedSeq) return;
    this.#loadedSeq = seq;
    const next = new Map(cards.map((card) => [card.id, card]));
    for (const [id, event] of this.#newest) {
      if (event.seq > seq) applyBoardEvent(next, event);
      else this.#newest.delete(id);
    }
    this.#cards.setState(() => next);
  }

  close(): void {
    this.#stop();
  }

  #apply(event: BoardEvent): void {
    if (event.seq <= this.#loadedSeq) return;
    this.#newest.set(subject(event).cardId, event);
    const next = new Map(this.#cards.get());
    applyBoardEvent(next, event);
    this.#cards.setState(() => next);
  }
}

/** Does to a board's cards what an event says. Applying an event once more changes nothing. */
export function applyBoardEvent(cards: Map<CardId, CardDTO>, event: BoardEvent): void {
  switch (event.type) {
    case "card.added":
    case "card.moved":
      cards.set(event.card.id, event.card);
      return;
    case "card.removed":
      cards.delete(event.cardId);
      return;
    default:
      assertNever(event);
  }
}

function subject(event: BoardEvent): { boardId: BoardId; cardId: CardId } {
  return "card" in event ? { boardId: event.card.boardId, cardId: event.card.id } : event;
}
