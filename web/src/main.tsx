import "katex/dist/katex.min.css";
import "./style.css";
import { render } from "preact";
import { App } from "./app";
import { Engine, type Worker_ } from "./engine/engine";
import versions from "./versions.json";

const base = new URL("./", location.href.split("#")[0]).href;
const wasm = `${base}engine/pyodide.asm.wasm`;

const engine = new Engine(
  () => new Worker(new URL("./engine/worker.ts", import.meta.url), { type: "module" }) as Worker_,
  base,
  `${base}snapshot-${versions.engine}`,
  async () => {
    try {
      return await WebAssembly.compileStreaming(fetch(wasm));
    } catch {
      return null;
    }
  },
);

// For measurements and tests: what the engine says of its starts.
const events: unknown[] = [];
engine.onevent = (event) => events.push({ at: performance.now(), kind: event.kind, ...("milliseconds" in event ? { milliseconds: event.milliseconds } : {}), ...("restored" in event ? { restored: event.restored } : {}), ...("bytes" in event ? { bytes: event.bytes, failure: event.failure } : {}), ...("failure" in event ? { failure: event.failure } : {}) });
Object.assign(window, { matgrad: { engine, events } });

const place = document.getElementById("page");
if (place) render(<App engine={engine} />, place);

if ("serviceWorker" in navigator && import.meta.env.PROD) {
  // After the first answer, so that it takes nothing from it.
  setTimeout(() => navigator.serviceWorker.register("./sw.js").catch(() => {}), 3000);
}
