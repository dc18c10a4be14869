import { expect, it } from "vitest";
import { Prng } from "./prng.ts";

const draw = (random: Prng) => Array.from({ length: 20 }, () => random.next());

it("draws the same from the same seed, and something else from another", () => {
  expect(draw(Prng.of(7))).toEqual(draw(Prng.of(7)));
  expect(draw(Prng.of(7))).not.toEqual(draw(Prng.of(8)));
});

it("gives each part a source that the draws of others don't shift", () => {
  const one = Prng.of(7);
  const other = Prng.of(7);
  expect(draw(one.fork("a"))).not.toEqual(draw(other.fork("b")));
  const fork = one.fork("a");
  other.fork("b").next();
  expect(draw(fork)).toEqual(draw(other.fork("a")));
});

it("stays within what is asked for", () => {
  const random = Prng.of(7);
  const numbers = Array.from({ length: 1000 }, () => random.integer(2, 5));
  expect([Math.min(...numbers), Math.max(...numbers)]).toEqual([2, 5]);
  expect(random.pick([])).toBeUndefined();
  const choices = Array.from({ length: 1000 }, () =>
    random.weighted([[3, "often"] as const, [1, "seldom"] as const, [0, "never"] as const]),
  );
  const often = choices.filter((choice) => choice === "often").length;
  expect(often).toBeGreaterThan(650);
  expect(often).toBeLessThan(850);
  expect(choices).not.toContain("never");
});
