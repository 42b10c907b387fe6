/** Where formulas are put in: as text, or as they look. */

import type { MathfieldElement } from "mathlive";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Engine } from "../engine/engine";
import type { Say, Word } from "../words";
import { Field, Formula } from "./common";

export interface Expression_ {
  id: string;
  label: string;
  value: string;
  hint?: string;
  given: string;
  invalid?: boolean;
  input: "text" | "visual";
  lang: string;
  engine: Engine;
  say: Say;
  /** What was put in; names that were written otherwise on the way. */
  onInput: (value: string, renamed: Record<string, string>) => void;
  onKind: (input: "text" | "visual") => void;
}

/** A formula of which a box is empty yet. */
export const isUnfinished = (text: string): boolean => text.includes("\\placeholder");

/** A text box or a field for formulas, with a switch between them; each shows what was put into the other. */
export function Expression(props: Expression_) {
  const { id, label, value, hint, invalid, input, say } = props;
  const [refused, setRefused] = useState("");
  const visual = input === "visual";
  useEffect(() => setRefused(""), [input, value]);
  return (
    <div class="expression">
      <div class="kinds" role="group" aria-label={say("input")}>
        {(["text", "visual"] as const).map((kind) => (
          <button key={kind} type="button" class="small" aria-pressed={kind === input} onClick={() => props.onKind(kind)}>
            {say(`input.${kind}` as Word)}
          </button>
        ))}
      </div>
      {visual && !refused ? (
        <Visual {...props} onRefused={setRefused} />
      ) : (
        <Field id={id} label={label} value={value} rows={2} hint={hint} invalid={invalid} onInput={(text) => props.onInput(text, {})} onEnter={() => {}} />
      )}
      {visual && refused && (
        <p class="note" role="status">
          {say("input.refused")} {refused}
        </p>
      )}
    </div>
  );
}

const TEMPLATES: [Word, string, string][] = [
  ["palette.transpose", "A^{\\top}", "#@^{\\top}"],
  ["palette.inverse", "A^{-1}", "#@^{-1}"],
  ["palette.power", "x^{k}", "#@^{#?}"],
  ["palette.index", "x_{i}", "#@_{#?}"],
  ["palette.fraction", "\\tfrac{a}{b}", "\\frac{#@}{#?}"],
  ["palette.root", "\\sqrt{t}", "\\sqrt{#0}"],
  ["palette.norm", "\\|x\\|", "\\left\\Vert #0\\right\\Vert"],
  ["palette.trace", "\\operatorname{tr}", "\\operatorname{tr}\\left(#0\\right)"],
  ["palette.logdet", "\\log\\det", "\\log\\det\\left(#0\\right)"],
  ["palette.hadamard", "\\odot", "\\odot"],
  ["palette.kronecker", "\\otimes", "\\otimes"],
  ["palette.sum", "\\sum", "\\sum_{#?}"],
];

/** Commands of LaTeX that make links, styles and parts of a page, and no formula. */
const FOREIGN = /\\(?:href|url|class|cssId|style|html\w*|data|includegraphics|def|let|newcommand|renewcommand|providecommand)(?![A-Za-z])/;

function Visual(props: Expression_ & { onRefused: (reason: string) => void }) {
  const { id, label, value, given, lang, engine, say } = props;
  const place = useRef<HTMLDivElement>(null);
  const field = useRef<MathfieldElement | null>(null);
  const [ready, setReady] = useState(false);
  // What the field itself put in, and what its names were before: the latest are seen by its listener.
  const own = useRef<string | null>(null);
  // What it put in and has not come back yet: that comes late, and is never put over what was typed since.
  const underway = useRef<string[]>([]);
  const renamed = useRef<Record<string, string>>({});
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    let wanted = true;
    const make = async () => {
      const { mathfield } = await import("../visual/mathfield");
      if (!wanted || !place.current) return;
      const made = mathfield(lang);
      made.id = id;
      place.current.append(made);
      made.setAttribute("aria-label", label);
      made.addEventListener("input", () => {
        own.current = made.value.trim() ? `$${made.value}$` : "";
        underway.current.push(own.current);
        const names = renamed.current;
        renamed.current = {};
        latest.current.onInput(own.current, names);
      });
      field.current = made;
      setReady(true);
    };
    make().catch(() => latest.current.onRefused(say("input.missing")));
    return () => {
      wanted = false;
      field.current?.remove();
      field.current = null;
    };
  }, [id, lang]);
  useEffect(() => field.current?.setAttribute("aria-label", label), [label, ready]);

  useEffect(() => {
    if (!ready) return;
    if (value === own.current) {
      underway.current = [];
      return;
    }
    const came = underway.current.indexOf(value);
    if (came >= 0) {
      underway.current.splice(0, came + 1);
      return;
    }
    let wanted = true;
    const before = own.current;
    const show = async () => {
      const quoted = /^\$([^$]*)\$$/.exec(value.trim());
      const found = quoted ? { latex: quoted[1], renamed: {} } : value.trim() ? await engine.ask(`write-${id}`, { ask: "write", expression: value, given, lang }) : { latex: "", renamed: {} };
      // Who types on meanwhile has the last word.
      if (!wanted || !found || !field.current || own.current !== before) return;
      if (found.error) {
        latest.current.onRefused(found.error.message ?? say("input.missing"));
        return;
      }
      if (FOREIGN.test(found.latex)) {
        latest.current.onRefused(say("input.foreign"));
        return;
      }
      own.current = value;
      underway.current = [];
      renamed.current = found.renamed;
      field.current.setValue(found.latex, { silenceNotifications: true });
    };
    void show();
    return () => {
      wanted = false;
    };
  }, [ready, value, lang]);

  const insert = (latex: string) => {
    const here = field.current;
    if (!here) return;
    here.focus();
    here.insert(latex, { selectionMode: "placeholder" });
    here.dispatchEvent(new Event("input", { bubbles: true }));
  };
  return (
    <div class="field">
      <span class="quiet-label" id={`${id}-label`}>
        {label}
      </span>
      <div ref={place} class={`visual${props.invalid ? " invalid" : ""}`} aria-busy={!ready} />
      <div class="palette" role="group" aria-label={say("palette")}>
        {TEMPLATES.map(([word, shown, latex]) => (
          <button key={word} type="button" aria-label={say(word)} title={say(word)} disabled={!ready} onMouseDown={(event) => event.preventDefault()} onClick={() => insert(latex)}>
            <span aria-hidden="true">
              <Formula tex={shown} />
            </span>
          </button>
        ))}
      </div>
    </div>
  );
}

/** Names that were written otherwise, in a text that uses them. */
export function withNames(text: string, renamed: Record<string, string>): string {
  return Object.entries(renamed).reduce((found, [name, other]) => found.replaceAll(new RegExp(`(?<![\\w\\\\])${name}(?!\\w)`, "g"), other), text);
}
