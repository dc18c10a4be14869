import { expect, it } from "vitest";
import { Turbulence } from "./turbulence.ts";

it("touches what overlaps it, also while it goes on", () => {
  const turbulence = new Turbulence();
  const end = turbulence.begin(100);
  expect(turbulence.touches(0, 99)).toBe(false);
  expect(turbulence.touches(0, 100)).toBe(true);
  expect(turbulence.touches(5_000, 6_000)).toBe(true);
  end(200);
  expect(turbulence.touches(200, 300)).toBe(true);
  expect(turbulence.touches(201, 300)).toBe(false);
});
