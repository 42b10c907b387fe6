/** What the page shows, and its place in the address: a link brings the same state back. */

import { LANGUAGES } from "./words";

export const VIEWS = ["derive", "equations", "stationary", "vec", "practice", "gallery"] as const;
export const TABS = ["steps", "code", "check", "picture"] as const;
export const FORMS = ["auto", "hessian", "differential", "components"] as const;
export const LAYOUTS = ["numerator", "denominator", "mixed"] as const;
export const CONVENTIONS = ["subspace", "independent"] as const;
export const METHODS = ["differential", "definition", "chain"] as const;
export const PICTURES = ["line", "surface", "matrix"] as const;
export const INPUTS = ["text", "visual"] as const;
export const BACKENDS = ["numpy", "jax", "torch", "julia", "matlab"] as const;

export interface State {
  view: (typeof VIEWS)[number];
  input: (typeof INPUTS)[number];
  e: string;
  wrt: string;
  given: string;
  own: string;
  at: string;
  form: (typeof FORMS)[number];
  layout: (typeof LAYOUTS)[number];
  convention: (typeof CONVENTIONS)[number];
  tab: (typeof TABS)[number];
  method: (typeof METHODS)[number];
  backend: (typeof BACKENDS)[number];
  answer: string;
  equation: string;
  unknown: string;
  egiven: string;
  f: string;
  fwrt: string;
  fgiven: string;
  subject: string;
  v: string;
  vwrt: string;
  vgiven: string;
  topic: string;
  difficulty: string;
  seed: string;
  /** What was said in practice so far, a line each. */
  lines: string;
  picture: (typeof PICTURES)[number];
  point: string;
  entries: string;
  /** The words looked for in the gallery. */
  search: string;
  lang: string;
}

export const START: State = {
  view: "derive",
  input: "text",
  e: "norm(A x - b)^2",
  wrt: "x",
  given: "",
  own: "",
  at: "",
  form: "auto",
  layout: "numerator",
  convention: "subspace",
  tab: "steps",
  method: "differential",
  backend: "numpy",
  answer: "",
  equation: "A X + X B = C",
  unknown: "X",
  egiven: "",
  f: "norm(y - X b)^2 + lambda norm(b)^2",
  fwrt: "b",
  fgiven: "lambda > 0",
  subject: "",
  v: "A X B + C X D = E",
  vwrt: "X",
  vgiven: "",
  topic: "",
  difficulty: "1",
  seed: "1",
  lines: "",
  picture: "line",
  point: "0",
  entries: "",
  search: "",
  lang: "en",
};

const CHOICES: Partial<Record<keyof State, readonly string[]>> = {
  view: VIEWS,
  tab: TABS,
  form: FORMS,
  layout: LAYOUTS,
  convention: CONVENTIONS,
  method: METHODS,
  backend: BACKENDS,
  picture: PICTURES,
  input: INPUTS,
  difficulty: ["1", "2", "3"],
  lang: LANGUAGES,
};

/** Longer texts than the engine takes stay as they are, so that it says so. */
const LONGEST = 1_000_000;

/** Whether an address may say this. */
function isSaid(name: string, value: string): boolean {
  if (!Object.hasOwn(START, name) || value.length > LONGEST) return false;
  const key = name as keyof State;
  if (CHOICES[key] && !CHOICES[key].includes(value)) return false;
  if ((key === "seed" || key === "point") && !/^\d{1,9}$/.test(value)) return false;
  return key !== "entries" || !value || /^\d{1,3},\d{1,3};\d{1,3},\d{1,3}$/.test(value);
}

const said = (hash: string) => [...new URLSearchParams(hash.replace(/^#/, ""))];

/** The state of an address; what it does not say, or says wrongly, is as at the start. */
export function read(hash: string, lang = "en"): State {
  const state: State = { ...START, lang };
  for (const [name, value] of said(hash))
    if (isSaid(name, value)) (state as unknown as Record<string, string>)[name] = value;
  return state;
}

/** What an address says wrongly, so that what is shown is not what was asked: shortened, for people. */
export function unread(hash: string): string[] {
  return said(hash)
    .filter(([name, value]) => !isSaid(name, value))
    .map(([name, value]) => `${name}=${value}`.slice(0, 40));
}

/** The address of a state: what differs from the start. */
export function write(state: State): string {
  const fields = new URLSearchParams();
  for (const key of Object.keys(START) as (keyof State)[])
    if (state[key] !== START[key]) fields.set(key, state[key]);
  const text = fields.toString();
  return text ? `#${text}` : "";
}

/** Declarations that were edited beside the variables: `A` → `n×n symmetric`. */
export function owned(own: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const piece of own.split("\n")) {
    const place = piece.indexOf(": ");
    if (place > 0) found[piece.slice(0, place)] = piece.slice(place + 2);
  }
  return found;
}

/** As they are kept in the state; an empty one is inferred again. */
export function owning(own: Record<string, string>): string {
  return Object.entries(own)
    .filter(([, value]) => value.trim())
    .map(([name, value]) => `${name}: ${value.replaceAll("\n", " ")}`)
    .join("\n");
}

/** All declarations, as the engine takes them. */
export function declarations(state: State): string {
  const pieces = Object.entries(owned(state.own)).map(([name, value]) => `${name}: ${value.trim()}`);
  return [state.given.trim(), ...pieces].filter(Boolean).join(", ");
}

const ORDERS: Record<string, number> = { hessian: 2 };

/** What the engine is asked for the derivative of a state. */
export function question(state: State): Record<string, string | number | string[]> {
  return {
    expression: state.e,
    wrt: state.wrt,
    given: declarations(state),
    at: state.at,
    form: state.form === "hessian" ? "auto" : state.form,
    order: ORDERS[state.form] ?? 1,
    layout: state.layout,
    convention: state.convention,
    lang: state.lang,
  };
}
