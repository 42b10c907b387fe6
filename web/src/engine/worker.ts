/** The engine: Python under Pyodide, in a worker of its own, so that it may be killed at any time. */

import type { FromWorker, ToWorker } from "./messages";

interface Python {
  FS: { mkdirTree(path: string): void; writeFile(path: string, data: Uint8Array): void };
  runPython(code: string): unknown;
  globals: { get(name: string): (text: string) => string };
  makeMemorySnapshot(): Uint8Array;
}

const started = performance.now();
const say = (message: FromWorker, transfer: Transferable[] = []) => self.postMessage(message, transfer);

/** A file that is compressed by itself, whatever its host does. */
async function unpacked(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new Error(`${url}: ${response.status}`);
  const stream = response.body.pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Put the files of a container where Python finds them. */
function place(python: Python, container: Uint8Array): void {
  const view = new DataView(container.buffer, container.byteOffset);
  const length = view.getUint32(0, true);
  const index: [string, number][] = JSON.parse(new TextDecoder().decode(container.subarray(4, 4 + length)));
  const folders = new Set<string>();
  let at = 4 + length;
  for (const [name, size] of index) {
    const folder = name.slice(0, name.lastIndexOf("/"));
    if (!folders.has(folder)) {
      python.FS.mkdirTree(folder);
      folders.add(folder);
    }
    python.FS.writeFile(name, container.subarray(at, at + size));
    at += size;
  }
}

const WARM = `
import gc, sys
sys.setrecursionlimit(900)
from matgrad.page import answer_text
for text in (
    '{"expression": "norm(A x - b)^2"}',
    '{"expression": "log(det(X))", "wrt": "X", "order": 2}',
    '{"ask": "steps", "expression": "tr(A X)", "wrt": "X"}',
    '{"ask": "check", "expression": "x\\' A x", "wrt": "x", "answer": "(A + A\\') x"}',
    '{"ask": "code", "expression": "tr(A X)", "wrt": "X"}',
    '{"expression": "X^", "lang": "zh"}',
):
    answer_text(text)
gc.collect()
`;

const PAGE = 65536;
const streaming = WebAssembly.instantiateStreaming;

/**
 * What the page has compiled once is not compiled again for a worker that takes the place of a killed one; and
 * the memory is as large as what is put back into it, for which Pyodide itself makes no room.
 */
function instantiateWith(module: WebAssembly.Module | null, bytes: number): void {
  WebAssembly.instantiateStreaming = async (source, imports) => {
    const found = module ? { module, instance: await WebAssembly.instantiate(module, imports) } : await streaming(source, imports);
    const memory = found.instance.exports.memory as WebAssembly.Memory;
    const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
    if (missing > 0) memory.grow(missing);
    return found;
  };
}

let answer: ((text: string) => string) | null = null;
let python: Python | null = null;

async function start(base: string, key: string, module: WebAssembly.Module | null): Promise<void> {
  const engine = `${base}engine/`;
  const container = unpacked(`${engine}matgrad.bin`);
  const stdlib = unpacked(`${engine}python_stdlib.bin`);
  const kept = await snapshot(key);
  instantiateWith(module, kept?.byteLength ?? 0);
  const { loadPyodide } = await import(/* @vite-ignore */ `${engine}pyodide.mjs`);
  // Pyodide asks for the library as one file; it is here already, unpacked, and no policy need allow a blob.
  const library = `${engine}python_stdlib.zip`;
  const plain = self.fetch;
  const bytes = await stdlib;
  self.fetch = async (input, how) => (String(input) === library ? new Response(bytes as BodyInit) : plain(input, how));
  const options = { indexURL: engine, stdLibURL: library, _makeSnapshot: !kept };
  let restored = false;
  let refused: string | undefined;
  try {
    python = (await loadPyodide(kept ? { ...options, _loadSnapshot: kept } : options)) as Python;
    restored = kept !== null;
  } catch (error) {
    if (!kept) throw error;
    refused = String((error as Error)?.message ?? error).slice(-500);
    await forget(key);
    python = (await loadPyodide({ ...options, _makeSnapshot: true })) as Python;
  }
  self.fetch = plain;
  place(python, await container);
  python.runPython(restored ? "from matgrad.page import answer_text" : "import sys; sys.setrecursionlimit(900); from matgrad.page import answer_text");
  answer = python.globals.get("answer_text");
  say({ kind: "ready", restored, milliseconds: performance.now() - started, failure: refused });
}

async function snapshot(key: string): Promise<ArrayBuffer | null> {
  try {
    const found = await (await caches.open("matgrad-snapshot")).match(key);
    return found ? await found.arrayBuffer() : null;
  } catch {
    return null; // no storage: a plain start
  }
}

async function forget(key: string): Promise<void> {
  try {
    await (await caches.open("matgrad-snapshot")).delete(key);
  } catch {
    // There was none.
  }
}

/** Keep the memory of a warm engine for the next start; a failure costs nothing but that. */
async function keep(key: string): Promise<void> {
  if (!python) return;
  try {
    answer = null;
    python.runPython(WARM);
    const memory = python.makeMemorySnapshot();
    const cache = await caches.open("matgrad-snapshot");
    for (const old of await cache.keys()) await cache.delete(old);
    await cache.put(key, new Response(memory as BodyInit));
    say({ kind: "kept", bytes: memory.length });
  } catch (error) {
    say({ kind: "kept", bytes: 0, failure: String(error).slice(-500) });
  }
  answer = python.globals.get("answer_text");
}

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  try {
    if (data.kind === "start") await start(data.base, data.key, data.module);
    else if (data.kind === "keep") await keep(data.key);
    else if (answer) {
      const begun = performance.now();
      const text = answer(data.text);
      say({ kind: "answer", id: data.id, text, milliseconds: performance.now() - begun });
    }
  } catch (error) {
    // Python's own stack is too short for some texts; what is left of this engine is not to be trusted.
    const id = data.kind === "ask" ? data.id : -1;
    say({ kind: "broken", id, failure: String((error as Error)?.message ?? error).slice(-2000) });
  }
};
