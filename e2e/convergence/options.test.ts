import { expect, it } from "vitest";
import { readOptions } from "./options.ts";

it("are one node on SQLite unless told otherwise, and three on PostgreSQL with a backplane", () => {
  expect(readOptions([])).toMatchObject({ nodes: 1, database: "sqlite", backplane: "none" });
  expect(readOptions(["--database", "postgresql"])).toMatchObject({ nodes: 1, database: "postgresql" });
  expect(readOptions(["--backplane", "nats"])).toMatchObject({ nodes: 3, database: "postgresql", backplane: "nats" });
  expect(readOptions(["--backplane", "redis", "--nodes", "2"])).toMatchObject({ nodes: 2 });
});

it.each([
  [["--minutes", "soon"], "--minutes takes a number"],
  [["--nodes", "2"], "several nodes need a --backplane"],
  [["--nodes", "1.5", "--backplane", "nats"], "--nodes takes a whole number"],
  [["--backplane", "pigeons"], "--backplane is one of none, nats, redis, postgres"],
  [["--database", "oracle"], "--database is one of sqlite, postgresql"],
  [["--backplane", "nats", "--database", "sqlite"], "need --database postgresql"],
  [["--what"], "Unknown option"],
])("refuse %j", (args, why) => {
  expect(readOptions(args)).toContain(why);
});
