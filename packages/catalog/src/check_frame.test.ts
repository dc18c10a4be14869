import { describe, expect, it } from "vitest";
import { checkServerFrame, checkSnapshot } from "./check_frame.ts";
import type { MemberId, RoleId } from "./generated/catalog.ts";
import { eventShapes } from "./generated/catalog.ts";
import { eventDocs, objectDocs } from "./generated/docs.ts";

const examples = eventDocs.filter((doc) => doc.direction === "server").map((doc) => doc.example as { type: string });

describe("checkServerFrame", () => {
  it("takes the example of every event", () => {
    expect(examples.map((example) => example.type)).toEqual(Object.keys(eventShapes));
    for (const example of examples) {
      expect(checkServerFrame(JSON.stringify(example))).toEqual({ kind: "event", event: example });
    }
  });

  it("takes fields that it doesn't know", () => {
    const frame = { ...examples[0], colour: "red" };
    expect(checkServerFrame(JSON.stringify(frame)).kind).toBe("event");
  });

  it("refuses each event without one of its fields, or with a wrong one, and names it", () => {
    for (const example of examples) {
      for (const name of Object.keys(example).filter((key) => key !== "type")) {
        const optional = eventDocs
          .find((doc) => doc.type === example.type)
          ?.fields.find((one) => one.name === name)?.optional;
        const { [name as "type"]: _, ...without } = example;
        const missing = checkServerFrame(JSON.stringify(without));
        if (optional || name === "payload") continue;
        expect(missing, `${example.type} without ${name}`).toMatchObject({ kind: "malformed" });
        expect((missing as { reason: string }).reason).toContain(name);
        for (const wrong of [Symbol.iterator, { no: 1 }]) {
          const frame = { ...example, [name]: typeof wrong === "symbol" ? [[]] : wrong };
          expect(checkServerFrame(JSON.stringify(frame)).kind, `${example.type} with a wrong ${name}`).toBe(
            "malformed",
          );
        }
      }
    }
  });

  it("tells an event of a newer server from a malformed one", () => {
    expect(checkServerFrame('{"type":"x.y","seq":7}')).toEqual({
      kind: "unknown",
      frame: { type: "x.y", seq: 7 },
      seq: 7,
    });
    expect(checkServerFrame('{"type":"toString"}')).toEqual({ kind: "unknown", frame: { type: "toString" } });
    expect(checkServerFrame('{"type":"x.y","seq":-0.5}')).toEqual({
      kind: "unknown",
      frame: { type: "x.y", seq: -0.5 },
    });
    expect(checkServerFrame("nonsense")).toEqual({ kind: "malformed", reason: "not JSON" });
  });
});

describe("checkSnapshot", () => {
  it("says where a snapshot is wrong", () => {
    expect(checkSnapshot(null)).toBe("snapshot: not an object");
    expect(checkSnapshot({ epoch: "e", seq: 1 })).toBe("snapshot.workspace: not an object");
  });
});

describe("the reference as data", () => {
  it("documents every field", () => {
    for (const { fields } of [...eventDocs, ...objectDocs]) {
      for (const field of fields) expect(field.doc.length).toBeGreaterThan(3);
    }
  });
});

// Checked by the compiler: one kind of id is not another.
export function mistakesAnId(member: MemberId): RoleId {
  // @ts-expect-error a MemberId is no RoleId
  return member;
}
