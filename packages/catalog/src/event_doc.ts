/** One field of an event or entity, for people. */
export interface FieldDoc {
  readonly name: string;
  readonly type: string;
  readonly doc: string;
  readonly optional: boolean;
}

/** One event, for people. */
export interface EventDoc {
  readonly type: string;
  /** Who sends it. */
  readonly direction: "server" | "client";
  readonly doc: string;
  /** null for what a tab sends. */
  readonly channel: string | null;
  /** Whether it is logged and carries a seq. */
  readonly durable: boolean;
  readonly fields: readonly FieldDoc[];
  /** A whole frame. */
  readonly example: unknown;
}

/** One entity, for people. */
export interface ObjectDoc {
  readonly name: string;
  readonly doc: string;
  readonly fields: readonly FieldDoc[];
}
