import { readFile } from "node:fs/promises";
import { Parser } from "@asyncapi/parser";
import { expect, it } from "vitest";
import { eventDocs } from "./generated/docs.ts";

it("AsyncAPI's own parser takes the document, with every event in it", async () => {
  const text = await readFile(new URL("../../../docs/reference/asyncapi.json", import.meta.url), "utf8");
  const { document, diagnostics } = await new Parser().parse(text);
  // Severity 0 is an error, 1 a warning; notes on taste follow.
  expect(diagnostics.filter((one) => one.severity <= 1).map((one) => `${one.path.join(".")}: ${one.message}`)).toEqual(
    [],
  );
  const names = document
    ?.allMessages()
    .all()
    .map((message) => message.name());
  expect(new Set(names)).toEqual(new Set(eventDocs.map((doc) => doc.type)));
});
