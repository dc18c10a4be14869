import type { UnknownFrame } from "@orbit/catalog";

export type BoardId = `board_${string}`;
export type CardId = `card_${string}`;

const columns = ["todo", "doing", "done"] as const;

export interface CardDTO {
  readonly id: CardId;
  readonly boardId: BoardId;
  readonly title: string;
  readonly column: (typeof columns)[number];
}

/** What the tabs that show a board receive: as declared in examples/board/server/board_event.hpp. */
export type BoardEvent =
  | { readonly type: "card.added"; readonly seq: number; readonly card: CardDTO }
  | { readonly type: "card.moved"; readonly seq: number; readonly card: CardDTO }
  | { readonly type: "card.removed"; readonly seq: number; readonly boardId: BoardId; readonly cardId: CardId };

const checks: Record<BoardEvent["type"], (frame: UnknownFrame) => boolean> = {
  "card.added": ({ card }) => isCard(card),
  "card.moved": ({ card }) => isCard(card),
  "card.removed": ({ boardId, cardId }) => isId(boardId, "board_") && isId(cardId, "card_"),
};

/** The frame as a BoardEvent; undefined where it is another feature's, or malformed. */
export function checkBoardFrame(frame: UnknownFrame): BoardEvent | undefined {
  if (!Object.hasOwn(checks, frame.type) || !Number.isSafeInteger(frame.seq)) return undefined;
  return checks[frame.type as BoardEvent["type"]](frame) ? (frame as unknown as BoardEvent) : undefined;
}

function isId(value: unknown, prefix: string): boolean {
  return typeof value === "string" && value.startsWith(prefix);
}

function isCard(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { id, boardId, title, column }: { [Key in keyof CardDTO]?: unknown } = value;
  const isTyped = isId(id, "card_") && isId(boardId, "board_") && typeof title === "string";
  return isTyped && columns.some((one) => one === column);
}
