/** A place on the board: from 0 to 1 across, and down. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export const shapes = ["heart", "star", "spark", "check"] as const;
export type Shape = (typeof shapes)[number];

/** A shape that somebody lets go up at a point. */
export interface Reaction extends Point {
  readonly shape: Shape;
}

export const noteLength = 120;

// What others signal is what their tabs say: it is looked at before it is shown.

export function pointOf(payload: unknown): Point | undefined {
  const { x, y } = (payload ?? {}) as Partial<Record<"x" | "y", unknown>>;
  return Number.isFinite(x) && Number.isFinite(y) ? pointAt(x as number, y as number) : undefined;
}

/** On the board, and in few digits. */
export function pointAt(x: number, y: number): Point {
  const within = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * 10_000) / 10_000;
  return { x: within(x), y: within(y) };
}

export function reactionOf(payload: unknown): Reaction | undefined {
  const point = pointOf(payload);
  const shape = shapes.find((one) => one === (payload as Partial<Reaction> | null)?.shape);
  return point && shape && { ...point, shape };
}

export function noteOf(payload: unknown): string {
  return typeof payload === "string" ? payload.trim().slice(0, noteLength) : "";
}
