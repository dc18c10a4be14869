import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Database } from "./database.ts";
import { PostgreSqlServer } from "./server_process.ts";

const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

const engines = {
  async sqlite() {
    const directory = await mkdtemp(join(tmpdir(), "orbit-converge-test-"));
    closing.push(() => rm(directory, { recursive: true }));
    return Database.sqlite(join(directory, "some.db"));
  },
  async postgresql() {
    const server = await PostgreSqlServer.open();
    closing.push(() => server.dispose());
    return Database.postgresql(server.url("orbit"));
  },
};

describe.each(Object.entries(engines))("a database in %s", (_, open) => {
  it("is read row by row, says what is wrong, and is read again", { timeout: 30_000 }, async () => {
    const database = await open();
    expect(await database.query("SELECT 1 AS one WHERE 1 = 0")).toEqual([]);
    const two = "SELECT 9007199254740991 AS number, 'a, \"b\"' AS text UNION ALL SELECT NULL, 'c'";
    expect(await database.query(two)).toEqual([
      { number: 9007199254740991, text: 'a, "b"' },
      { number: null, text: "c" },
    ]);
    await expect(database.query("SELECT nothing FROM nowhere")).rejects.toThrow("nowhere");
    expect(await database.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
    const killed = expect(database.query("SELECT 1 AS one")).rejects.toThrow("killed");
    database.kill();
    await killed;
    expect(await database.query("SELECT 2 AS two")).toEqual([{ two: 2 }]);
    database.kill();
  });
});
