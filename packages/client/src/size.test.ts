// @vitest-environment node
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { expect, it } from "vitest";

async function gzippedBytes(entry: string, external: (string | RegExp)[]): Promise<number> {
  const result = (await build({
    configFile: false,
    logLevel: "silent",
    resolve: { conditions: ["source", "module", "browser"] },
    build: {
      write: false,
      target: "es2022",
      modulePreload: false,
      rolldownOptions: {
        input: new URL(entry, import.meta.url).pathname,
        preserveEntrySignatures: "strict",
        external,
      },
    },
  })) as Rolldown.RolldownOutput;
  const code = result.output.map((file) => (file.type === "chunk" ? file.code : "")).join("");
  return gzipSync(code, { level: 9 }).length;
}

it("is under 8 kB, gzipped, with the catalog's check and its store library in it", async () => {
  const alone = await gzippedBytes("./index.ts", ["@tanstack/store"]);
  const whole = await gzippedBytes("./index.ts", []);
  console.info(`@orbit/client: ${alone} bytes gzipped, ${whole} with @tanstack/store`);
  expect(whole).toBeLessThan(8000);
});

it("is no larger for those who use no rooms, which are under 3 kB more", async () => {
  const rooms = await gzippedBytes("./rooms/index.ts", ["@tanstack/store"]);
  console.info(`@orbit/client/rooms: ${rooms} bytes gzipped`);
  expect(rooms).toBeLessThan(3000);
});

it("is no larger for those who show nobody's presence, which is under 1.5 kB more", async () => {
  const presence = await gzippedBytes("./presence/index.ts", ["@tanstack/store"]);
  console.info(`@orbit/client/presence: ${presence} bytes gzipped`);
  expect(presence).toBeLessThan(1500);
});

it("depends on nothing but its store library and the catalog, which depends on nothing", async () => {
  const dependenciesOf = async (path: string) => {
    const { type, dependencies = {} } = JSON.parse(await readFile(new URL(path, import.meta.url), "utf8"));
    expect(type).toBe("module");
    return Object.keys(dependencies);
  };
  expect(await dependenciesOf("../package.json")).toEqual(["@orbit/catalog", "@tanstack/store"]);
  expect(await dependenciesOf("../../catalog/package.json")).toEqual([]);
});
