import { expect, it } from "vitest";
import { isUnfinished, withNames } from "../src/parts/expression";
import { ticks } from "../src/parts/pictures";
import { levels } from "../src/parts/surface";

it("ticks are round and lie within", () => {
  expect(ticks(-1, 1, 4)).toEqual([-1, -0.5, 0, 0.5, 1]);
  expect(ticks(0.013, 0.094, 4)).toEqual([0.02, 0.04, 0.06, 0.08]);
  expect(ticks(2, 2)).toEqual([2]);
  for (const [low, high] of [[-3e8, 7e8], [1e-9, 4e-9], [-0.1, 0.3]]) for (const tick of ticks(low, high)) expect(tick >= low - 1e-9 * (high - low) && tick <= high + 1e-9 * (high - low)).toBe(true);
});

it("levels have as many points between any two of them, and none below the lowest", () => {
  const values = [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, null]];
  expect(levels(values, 4)).toEqual([2, 4, 6, 8]);
  expect(levels([[1, 1], [1, 1]])).toEqual([]);
});

it("names that LaTeX writes otherwise are written so wherever they stand alone", () => {
  expect(withNames("W1: 3×n, W12: n, \\W1 W1", { W1: "W_1" })).toBe("W_1: 3×n, W12: n, \\W1 W_1");
});

it("a formula with an empty box is not asked for", () => {
  expect(isUnfinished("$x^{\\placeholder{}}$")).toBe(true);
  expect(isUnfinished("$x^{2}$")).toBe(false);
});
