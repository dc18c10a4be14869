/** The wire of an Orbit node: types generated from the server's own structs, and a check for what arrives. */
export { assertNever } from "./assert_never.ts";
export { type CheckedFrame, checkServerFrame, checkSnapshot, type UnknownFrame } from "./check_frame.ts";
export type { EventDoc, FieldDoc, ObjectDoc } from "./event_doc.ts";
export * from "./generated/catalog.ts";
