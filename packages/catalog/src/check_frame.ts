import { enums, eventShapes, objectShapes, type ServerEvent, type WorkspaceSnapshotDTO } from "./generated/catalog.ts";

/** A frame of a type that the catalog doesn't have. */
export interface UnknownFrame {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What came of a frame: the event, or why it can't be one. An event of a newer server is `unknown`, not malformed. */
export type CheckedFrame =
  | { readonly kind: "event"; readonly event: ServerEvent }
  | { readonly kind: "unknown"; readonly frame: UnknownFrame; readonly seq?: number }
  | { readonly kind: "malformed"; readonly reason: string };

type Shape = Readonly<Record<string, string>>;

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/**
 * Reads one text frame of a server. Never throws. Fields that the catalog doesn't know are left as they are, so that a
 * newer server may add some.
 */
export function checkServerFrame(text: string): CheckedFrame {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return { kind: "malformed", reason: "not JSON" };
  }
  if (!isObject(frame)) return { kind: "malformed", reason: "not an object" };
  const { type, seq } = frame;
  if (typeof type !== "string") return { kind: "malformed", reason: "type: not a string" };
  if (!Object.hasOwn(eventShapes, type)) {
    const unknown = { kind: "unknown", frame: { ...frame, type } } as const;
    return Number.isSafeInteger(seq) ? { ...unknown, seq: seq as number } : unknown;
  }
  const fault = faultInObject(frame, eventShapes[type as keyof typeof eventShapes], "");
  return fault === undefined
    ? { kind: "event", event: frame as unknown as ServerEvent }
    : { kind: "malformed", reason: `${type}: ${fault}` };
}

/** Reads a snapshot; a string says what is wrong with it. Never throws. */
export function checkSnapshot(value: unknown): WorkspaceSnapshotDTO | string {
  return faultIn(value, "WorkspaceSnapshotDTO", "snapshot") ?? (value as WorkspaceSnapshotDTO);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function faultInObject(value: Record<string, unknown>, shape: Shape, path: string): string | undefined {
  for (const name in shape) {
    const fault = faultIn(Object.hasOwn(value, name) ? value[name] : undefined, shape[name] as string, path + name);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/**
 * A shape is a word: `string`, `integer`, `boolean`, `time`, `any`, `#prefix_` for an id, `=Name` for one of an enum's
 * values, or an object's name; `[]` after it makes a list, then `|null` lets it be null, then `?` lets it be left out.
 */
function faultIn(value: unknown, shape: string, path: string): string | undefined {
  if (shape.endsWith("?")) return value === undefined ? undefined : faultIn(value, shape.slice(0, -1), path);
  if (shape.endsWith("|null")) return value === null ? undefined : faultIn(value, shape.slice(0, -5), path);
  if (shape.endsWith("[]")) {
    if (!Array.isArray(value)) return `${path}: not a list`;
    const item = shape.slice(0, -2);
    for (let i = 0; i < value.length; i++) {
      const fault = faultIn(value[i], item, `${path}[${i}]`);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  if (Object.hasOwn(objectShapes, shape)) {
    if (!isObject(value)) return `${path}: not an object`;
    return faultInObject(value, objectShapes[shape as keyof typeof objectShapes], `${path}.`);
  }
  return isOfWord(value, shape) ? undefined : `${path}: not of ${shape}`;
}

function isOfWord(value: unknown, word: string): boolean {
  switch (word) {
    case "any":
      return value !== undefined;
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "integer":
      return Number.isSafeInteger(value);
    case "time":
      return typeof value === "string" && timePattern.test(value);
  }
  if (typeof value !== "string") return false;
  if (word.startsWith("#")) return value.startsWith(word.slice(1)) && value.length > word.length - 1;
  const values: readonly string[] = enums[word.slice(1) as keyof typeof enums];
  return values.includes(value);
}
