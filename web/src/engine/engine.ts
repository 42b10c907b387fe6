/** The engine as the page sees it: questions go in, the latest of a kind is answered, long ones are given up. */

import type { FromWorker, ToWorker } from "./messages";

export type Question = Record<string, string | number | string[]>;
export type Answer = Record<string, any>;

/** Where what a worker is to the page can be replaced, in tests. */
export interface Worker_ {
  postMessage(message: ToWorker): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
  onerror: ((event: any) => void) | null;
}

export type Status = "starting" | "ready" | "busy" | "restarting" | "failed";

interface Waiting {
  id: number;
  place: string;
  question: Question;
  resolve: (answer: Answer | null) => void;
  since: number;
}

/** A question that is no longer wanted may run so long before its worker is killed for the next one. */
export const PATIENCE = 1500;
/** No question runs longer than this. */
export const LONGEST = 20_000;
const FAILURES = 3;

export class Engine {
  status: Status = "starting";
  onstatus: (status: Status) => void = () => {};
  onevent: (event: FromWorker) => void = () => {};
  private worker: Worker_ | null = null;
  private running: Waiting | null = null;
  private queue: Waiting[] = [];
  private next = 1;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private module: WebAssembly.Module | null = null;
  private keeping = false;
  private restored = false;

  constructor(
    private readonly make: () => Worker_,
    private readonly base: string,
    private readonly key: string,
    private readonly compile: () => Promise<WebAssembly.Module | null> = async () => null,
  ) {
    this.start("starting");
  }

  /** Ask; `null` where another question of the same place, or of one above it (`a` of `a/b`), came in between. */
  ask(place: string, question: Question): Promise<Answer | null> {
    const replaces = (waiting: Waiting) => waiting.place === place || waiting.place.startsWith(`${place}/`);
    this.queue = this.queue.filter((waiting) => {
      if (replaces(waiting)) waiting.resolve(null);
      return !replaces(waiting);
    });
    return new Promise((resolve) => {
      this.queue.push({ id: this.next++, place, question, resolve, since: 0 });
      if (this.running && replaces(this.running)) this.giveUpAfter(PATIENCE, false);
      this.go();
    });
  }

  /** End what runs; its worker is killed and a new one started. */
  stop(reason: "stopped" | "slow" = "stopped"): void {
    const ended = this.running ? [this.running, ...this.queue] : this.queue;
    this.running = null;
    this.queue = [];
    this.restart();
    for (const waiting of ended) waiting.resolve({ error: { kind: reason } });
  }

  private start(status: Status): void {
    this.set(status);
    const worker = this.make();
    this.worker = worker;
    worker.onmessage = ({ data }) => this.hear(data);
    worker.onerror = () => this.hear({ kind: "broken", id: -1, failure: "the worker could not be started" });
    worker.postMessage({ kind: "start", base: this.base, key: this.key, module: this.module });
  }

  private restart(): void {
    clearTimeout(this.timer);
    this.keeping = false;
    this.worker?.terminate();
    this.start("restarting");
  }

  private hear(data: FromWorker): void {
    this.onevent(data);
    switch (data.kind) {
      case "ready":
        this.restored = data.restored;
        this.set("ready");
        this.go();
        break;
      case "kept":
        this.keeping = false;
        this.go();
        break;
      case "answer": {
        const ended = this.running;
        if (ended?.id !== data.id) break;
        this.running = null;
        this.failures = 0;
        clearTimeout(this.timer);
        this.set("ready");
        ended.resolve(JSON.parse(data.text));
        this.go();
        break;
      }
      case "broken": {
        const ended = this.running;
        this.running = null;
        this.failures += 1;
        if (this.failures >= FAILURES) {
          this.set("failed");
          this.worker?.terminate();
          for (const waiting of this.queue.splice(0)) waiting.resolve({ error: { kind: "failed" } });
        } else this.restart();
        ended?.resolve({ error: { kind: "broken" } });
        break;
      }
    }
  }

  private go(): void {
    if (this.running || this.keeping || this.status !== "ready") return;
    const waiting = this.queue.shift();
    if (!waiting) {
      this.idle();
      return;
    }
    this.running = waiting;
    waiting.since = Date.now();
    this.set("busy");
    this.giveUpAfter(LONGEST, true);
    this.worker?.postMessage({ kind: "ask", id: waiting.id, text: JSON.stringify(waiting.question) });
  }

  /** Kill what runs at the end of its time, counted from its start. */
  private giveUpAfter(limit: number, said: boolean): void {
    const waiting = this.running;
    if (!waiting) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => {
        if (this.running !== waiting) return;
        if (said) this.stop("slow");
        else {
          this.running = null;
          waiting.resolve(null);
          this.restart();
        }
      },
      Math.max(0, waiting.since + limit - Date.now()),
    );
  }

  /** After the first answer, and a while without questions: keep what makes the next start fast. */
  private idle(): void {
    if (this.restored || this.next === 1) return;
    setTimeout(async () => {
      if (this.running || this.queue.length || this.keeping || this.restored || this.status !== "ready") return;
      this.restored = true;
      this.keeping = true;
      this.module ??= await this.compile();
      this.worker?.postMessage({ kind: "keep", key: this.key });
    }, 1200);
  }

  private set(status: Status): void {
    this.status = status;
    this.onstatus(status);
  }
}
