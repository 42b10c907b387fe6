import { describe, expect, it } from "vitest";
import { START, declarations, owned, owning, question, read, unread, write } from "../src/state";
import en from "../src/words/en.json";
import zh from "../src/words/zh.json";
import gallery from "../src/gallery.json";

describe("the address", () => {
  it("brings the same state back", () => {
    const state = { ...START, e: "\\log|X| + <b>&#;\n", wrt: "X[1, :]", own: "X: n×n SPD\nA: m", form: "hessian" as const, seed: "77", lines: "hint\n0\nA' X", entries: "1,2;2,1", picture: "surface" as const, input: "visual" as const, search: "ridge", v: "A X", lang: "zh" };
    expect(read(write(state))).toEqual(state);
    expect(write(START)).toBe("");
  });
  it("is not believed where it says what cannot be", () => {
    const hostile = "#view=__proto__&form=constructor&seed=-1&point=1e9&entries=<b>&input=eval&picture=x&lang=../../x&__proto__=1&e=" + encodeURIComponent("x".repeat(1_000_001));
    expect(read(hostile)).toEqual(START);
    expect(unread(hostile)).toHaveLength(10);
    expect(unread(hostile).every((part) => part.length <= 40)).toBe(true);
    expect(unread(write({ ...START, e: "tr(A X)", entries: "1,2;2,1" }))).toEqual([]);
    // What is too long for the engine is refused by it, in words, and not left out.
    expect(read("#e=" + "x".repeat(20_000)).e).toHaveLength(20_000);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe("declarations beside the variables", () => {
  it("are kept, and inferred again where they are emptied", () => {
    const own = owning({ A: "n×n symmetric", b: " ", x: "n" });
    expect(owned(own)).toEqual({ A: "n×n symmetric", x: "n" });
    expect(declarations({ ...START, given: "lambda > 0", own })).toBe("lambda > 0, A: n×n symmetric, x: n");
  });
  it("make a question with the order of the form", () => {
    expect(question({ ...START, form: "hessian" })).toMatchObject({ form: "auto", order: 2 });
  });
});

describe("the words", () => {
  it("are the same in every language, with the same fields", () => {
    expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
    for (const [word, text] of Object.entries(en)) {
      const fields = (said: string) => (said.match(/\{\w+\}/g) ?? []).sort();
      expect(fields((zh as Record<string, string>)[word])).toEqual(fields(text));
      expect((zh as Record<string, string>)[word]).not.toBe("");
    }
  });
  it("of the gallery are in both languages", () => {
    for (const entry of gallery) expect([entry.n, entry.nzh, entry.s, entry.zh].every(Boolean)).toBe(true);
  });
});
