/** What the page and its worker say to each other. */

export type ToWorker =
  | { kind: "start"; base: string; key: string; module: WebAssembly.Module | null }
  | { kind: "ask"; id: number; text: string }
  | { kind: "keep"; key: string };

export type FromWorker =
  | { kind: "ready"; restored: boolean; milliseconds: number; failure?: string }
  | { kind: "answer"; id: number; text: string; milliseconds: number }
  | { kind: "kept"; bytes: number; failure?: string }
  | { kind: "broken"; id: number; failure: string };
