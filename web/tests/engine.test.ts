import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Engine, LONGEST, PATIENCE, type Worker_ } from "../src/engine/engine";
import type { FromWorker, ToWorker } from "../src/engine/messages";

class Fake implements Worker_ {
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null = null;
  onerror = null;
  heard: ToWorker[] = [];
  killed = false;
  postMessage(message: ToWorker) {
    this.heard.push(message);
  }
  terminate() {
    this.killed = true;
  }
  say(data: FromWorker) {
    this.onmessage?.({ data } as MessageEvent<FromWorker>);
  }
  answer(text = "{}") {
    const asked = this.heard.filter((m) => m.kind === "ask").at(-1);
    if (asked?.kind === "ask") this.say({ kind: "answer", id: asked.id, text, milliseconds: 1 });
  }
}

let made: Fake[];
let engine: Engine;
const last = () => made[made.length - 1];
const ready = () => last().say({ kind: "ready", restored: true, milliseconds: 1 });

beforeEach(() => {
  vi.useFakeTimers();
  made = [];
  engine = new Engine(() => (made.push(new Fake()), last()), "/", "key");
});
afterEach(() => vi.useRealTimers());

it("asks when it is ready, one question at a time, and the latest of a place only", async () => {
  const first = engine.ask("a", { e: "1" });
  const second = engine.ask("a", { e: "2" });
  const other = engine.ask("b", { e: "3" });
  ready();
  expect(await first).toBeNull();
  last().answer('{"is": 2}');
  expect(await second).toEqual({ is: 2 });
  last().answer('{"is": 3}');
  expect(await other).toEqual({ is: 3 });
});

it("kills what runs too long, and starts again", async () => {
  ready();
  const asked = engine.ask("a", {});
  vi.advanceTimersByTime(LONGEST + 1);
  expect(await asked).toEqual({ error: { kind: "slow" } });
  expect(made.length).toBe(2);
  expect(made[0].killed).toBe(true);
  expect(engine.status).toBe("restarting");
  ready();
  const next = engine.ask("a", {});
  last().answer('{"is": 1}');
  expect(await next).toEqual({ is: 1 });
});

it("kills what is no longer wanted after a short while", async () => {
  ready();
  const old = engine.ask("a", { e: "slow" });
  vi.advanceTimersByTime(500);
  const wanted = engine.ask("a", { e: "quick" });
  vi.advanceTimersByTime(PATIENCE);
  expect(await old).toBeNull();
  expect(made.length).toBe(2);
  ready();
  last().answer('{"is": "quick"}');
  expect(await wanted).toEqual({ is: "quick" });
});

it("gives up what belongs to a question that is no longer asked", async () => {
  ready();
  const steps = engine.ask("derive/steps", { e: "slow" });
  const code = engine.ask("derive/code", { e: "slow" });
  const other = engine.ask("solve", {});
  const wanted = engine.ask("derive", { e: "quick" });
  expect(await code).toBeNull();
  vi.advanceTimersByTime(PATIENCE);
  expect(await steps).toBeNull();
  ready();
  last().answer('{"is": "other"}');
  expect(await other).toEqual({ is: "other" });
  last().answer('{"is": "quick"}');
  expect(await wanted).toEqual({ is: "quick" });
});

it("stops when it is told to", async () => {
  ready();
  const asked = engine.ask("a", {});
  engine.stop();
  expect(await asked).toEqual({ error: { kind: "stopped" } });
});

it("takes a broken engine for broken, and gives up after three", async () => {
  for (let times = 0; times < 3; times += 1) {
    ready();
    const asked = engine.ask("a", {});
    const id = (last().heard.at(-1) as { id: number }).id;
    last().say({ kind: "broken", id, failure: "stack" });
    expect(await asked).toEqual({ error: { kind: "broken" } });
  }
  expect(engine.status).toBe("failed");
});
