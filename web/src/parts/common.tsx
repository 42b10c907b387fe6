/** Pieces that several views are made of. */

import katex from "katex";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Answer, Engine, Question } from "../engine/engine";
import type { State } from "../state";
import type { Say, Word } from "../words";

/** What every view is given. */
export interface Shared {
  state: State;
  set: (change: Partial<State>) => void;
  engine: Engine;
  say: Say;
}

/** A formula; screen readers are given its MathML. */
export function Formula({ tex, block = false }: { tex: string; block?: boolean }) {
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    if (!place.current) return;
    try {
      // Nodes rather than HTML: nothing that was typed becomes markup, and no inline style is parsed.
      katex.render(tex, place.current, { displayMode: block, throwOnError: true, strict: "ignore", trust: false, output: "htmlAndMathml" });
    } catch {
      place.current.textContent = tex;
    }
  }, [tex, block]);
  return <span ref={place} class={block ? "formula block" : "formula"} tabIndex={block ? 0 : undefined} />;
}

/** Words with formulas between dollar signs. */
export function Mixed({ text }: { text: string }) {
  return (
    <>
      {text.split("$").map((piece, place) => (place % 2 ? <Formula key={place} tex={piece} /> : piece))}
    </>
  );
}

/** Ask whenever the question changes, a moment after the last keystroke; the latest answer, and whether one is due. */
export function useAsk(engine: Engine, place: string, question: Question | null, delay = 60): { answer: Answer | null; due: boolean } {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [due, setDue] = useState(false);
  const asked = question === null ? null : JSON.stringify(question);
  useEffect(() => {
    if (asked === null) {
      setAnswer(null);
      setDue(false);
      return;
    }
    let wanted = true;
    setDue(true);
    const timer = setTimeout(async () => {
      const found = await engine.ask(place, JSON.parse(asked));
      if (!wanted || found === null) return;
      setAnswer(found);
      setDue(false);
    }, delay);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [engine, place, asked, delay]);
  return { answer, due };
}

const KINDS = ["parse", "unknown-name", "declaration", "shape", "argument", "not-differentiable"];
const OWN = ["stopped", "slow", "broken", "failed"];

/** An error: what is wrong, where, and what to write instead. */
export function Refusal({ error, say }: { error: Record<string, any>; say: Say }) {
  const kind = String(error.kind);
  if (OWN.includes(kind))
    return (
      <div class="refusal" role="alert">
        {say(`error.${kind}` as Word)}
      </div>
    );
  const place = error.lines?.length > 2 && error.span ? error.lines.slice(1, 3) : [];
  return (
    <div class="refusal" role="alert">
      <p>
        <strong>{say(`error.kind.${KINDS.includes(kind) ? kind : "other"}` as Word)}</strong> <span>{error.message}</span>
      </p>
      {place.length > 0 && <pre class="caret">{place.join("\n")}</pre>}
      {error.fix && (
        <p class="fix">
          {say("error.try")}: <code>{error.fix}</code>
        </p>
      )}
    </div>
  );
}

/** A button that copies a text and says so. */
export function Copy({ text, word, say }: { text: string; word: Word; say: Say }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  return (
    <button type="button" class="small" onClick={copy} aria-live="polite">
      {done ? say("copied") : say(word)}
    </button>
  );
}

/** One of a few choices, all of them in sight. */
export function Switch<T extends string>(props: {
  label: string;
  name: string;
  value: T;
  choices: readonly T[];
  text: (choice: T) => string;
  onChange: (choice: T) => void;
}) {
  return (
    <fieldset class="switch">
      <legend>{props.label}</legend>
      <div>
        {props.choices.map((choice) => (
          <label key={choice} class={choice === props.value ? "chosen" : ""}>
            <input type="radio" name={props.name} value={choice} checked={choice === props.value} onChange={() => props.onChange(choice)} />
            <span>{props.text(choice)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** A labelled text box. */
export function Field(props: {
  id: string;
  label: string;
  value: string;
  hint?: string;
  rows?: number;
  onInput: (value: string) => void;
  onEnter?: () => void;
  invalid?: boolean;
}) {
  const common = {
    id: props.id,
    value: props.value,
    placeholder: props.hint,
    autocomplete: "off" as const,
    autocapitalize: "off" as const,
    spellcheck: false,
    "aria-invalid": props.invalid || undefined,
    onInput: (event: { currentTarget: { value: string } }) => props.onInput(event.currentTarget.value),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === "Enter" && !event.shiftKey && props.onEnter) {
        event.preventDefault();
        props.onEnter();
      }
    },
  };
  return (
    <div class="field">
      <label for={props.id}>{props.label}</label>
      {props.rows ? <textarea rows={props.rows} {...common} /> : <input type="text" {...common} />}
    </div>
  );
}

/** The rules of a step, each opened to where it is written. */
export function Reasons({ reasons, say }: { reasons: { rule: string; citation: string | null }[]; say: Say }) {
  return (
    <>
      {reasons.map((reason) =>
        reason.citation ? (
          <details key={reason.rule} class="reason">
            <summary>{reason.rule}</summary>
            <p>
              {say("source")}: <cite>{reason.citation}</cite>
            </p>
          </details>
        ) : (
          <p key={reason.rule} class="reason plain">
            {reason.rule}
          </p>
        ),
      )}
    </>
  );
}

/** How the engine read the text, and what must be said of that. */
export function Understood({ answer, say }: { answer: Answer; say: Say }) {
  return (
    <>
      <p class="understood">
        <span class="quiet-label">{say("understood")}</span> <Formula tex={answer.interpretation.latex} />
      </p>
      {answer.readings.map((note: string) => (
        <p key={note} class="note">
          {note}
        </p>
      ))}
    </>
  );
}

/** The verification line, with its figure. */
export function Verified({ answer, say }: { answer: Answer; say: Say }) {
  return (
    <p class={answer.verified ? "verified" : "unverified"}>
      <span aria-hidden="true">{answer.verified ? "✓" : "!"}</span> <span class="quiet-label">{say(answer.verified ? "verified" : "not.verified")}:</span> {answer.verification}
    </p>
  );
}
