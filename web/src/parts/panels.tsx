/** What there is to a derivative besides itself: its steps, its code, a check of one's own answer, a picture. */

import { useState } from "preact/hooks";
import type { Answer } from "../engine/engine";
import { BACKENDS, METHODS, PICTURES, question } from "../state";
import type { Word } from "../words";
import { Copy, Field, Formula, Reasons, Refusal, type Shared, Switch, useAsk } from "./common";
import { Curve, Grid, short } from "./pictures";
import { Surface } from "./surface";

export function Steps({ state, set, engine, say }: Shared) {
  const { answer, due } = useAsk(engine, "derive/steps", { ask: "steps", ...question(state), method: state.method });
  return (
    <div class={due ? "due" : ""} aria-busy={due}>
      <Switch label={say("method")} name="method" value={state.method} choices={METHODS} text={(c) => say(`method.${c}` as Word)} onChange={(method) => set({ method })} />
      {answer?.error && <Refusal error={answer.error} say={say} />}
      {answer?.steps && (
        <>
          <ol class="steps">
            {answer.steps.map((step: any, place: number) => (
              <li key={place}>
                <div class="step">
                  <Formula tex={written(step)} block />
                </div>
                <Reasons reasons={step.reasons} say={say} />
              </li>
            ))}
          </ol>
          <div class="buttons">
            <Copy text={answer.latex} word="copy.latex" say={say} />
            <Copy text={answer.text} word="copy.text" say={say} />
          </div>
        </>
      )}
    </div>
  );
}

/** A line of a derivation; what follows from the line before it begins with an arrow. */
function written(step: { left: { latex: string } | null; relation: string; right: { latex: string } }): string {
  const left = step.left?.latex ?? "";
  if (step.relation === "⇒") return `\\Rightarrow\\ ${left} ${left ? "=" : ""} ${step.right.latex}`;
  return `${left} ${step.relation} ${step.right.latex}`;
}

export function Code({ state, set, engine, say }: Shared) {
  const { answer, due } = useAsk(engine, "derive/code", { ask: "code", ...question(state), backend: state.backend });
  return (
    <div class={due ? "due" : ""} aria-busy={due}>
      <Switch label={say("backend")} name="backend" value={state.backend} choices={BACKENDS} text={(c) => NAMES[c] ?? c} onChange={(backend) => set({ backend })} />
      {answer?.error && <Refusal error={answer.error} say={say} />}
      {answer?.code && (
        <>
          <pre class="code" tabIndex={0}>
            <code>{answer.code}</code>
          </pre>
          <div class="buttons">
            <Copy text={answer.code} word="copy.code" say={say} />
          </div>
        </>
      )}
    </div>
  );
}

const NAMES: Record<string, string> = { numpy: "NumPy", jax: "JAX", torch: "PyTorch", julia: "Julia", matlab: "MATLAB" };

export function Check({ state, set, engine, say }: Shared) {
  const asked = state.answer.trim() ? { ask: "check", ...question(state), form: "auto", answer: state.answer } : null;
  const { answer, due } = useAsk(engine, "derive/check", asked, 250);
  return (
    <div aria-busy={due}>
      <Field id="own-answer" label={say("check.answer")} value={state.answer} hint={say("check.hint")} rows={2} onInput={(text) => set({ answer: text })} onEnter={() => {}} />
      <div class={due ? "due" : ""} aria-live="polite">
        {answer?.error && <Refusal error={answer.error} say={say} />}
        {answer && !answer.error && <Verdict answer={answer} say={say} />}
      </div>
    </div>
  );
}

function Verdict({ answer, say }: { answer: Answer; say: Shared["say"] }) {
  const [first, ...rest] = answer.lines as string[];
  return (
    <div class={answer.correct ? "verdict right" : "verdict wrong"}>
      <p>
        <strong>{say(answer.correct ? "check.right" : "check.wrong")}</strong>
      </p>
      <pre>{[first, ...rest].join("\n")}</pre>
    </div>
  );
}

const HINTS: Record<string, Word> = { line: "picture.line.hint", surface: "picture.surface.hint", matrix: "picture.matrix.hint" };

export function Picture({ state, set, engine, say, answer: derivative }: Shared & { answer?: Answer }) {
  const base = { ask: "plot", ...question(state), form: "auto", kind: state.picture, seed: Number(state.point) };
  const asked =
    state.picture === "matrix"
      ? { ...base, order: derivative?.scalar ? 2 : 1 }
      : { ...base, order: 1, layout: "mixed", convention: "subspace", entries: state.picture === "surface" ? state.entries : "" };
  const { answer, due } = useAsk(engine, "derive/plot", asked);
  const [hover, setHover] = useState("");
  const label = say(HINTS[state.picture]);
  return (
    <div class={due ? "due" : ""} aria-busy={due}>
      <div class="switches">
        <Switch label={say("tab.picture")} name="picture" value={state.picture} choices={PICTURES} text={(c) => say(`picture.${c}` as Word)} onChange={(picture) => set({ picture })} />
        {answer?.kind === "surface" && state.picture === "surface" && <Entries answer={answer} say={say} onChange={(entries) => set({ entries })} />}
        <button type="button" class="small" onClick={() => set({ point: String((Number(state.point) + 1) % 1000) })}>
          {say("picture.again")}
        </button>
      </div>
      {answer?.error && <Refusal error={answer.error} say={say} />}
      {answer && answer.kind === state.picture && (
        <figure>
          {answer.kind === "line" && <Curve answer={answer} label={`${label}. ${say("picture.slope", { slope: short(answer.slope) })}`} say={say} />}
          {answer.kind === "surface" && <Surface answer={answer} label={`${label}. ${slopes(answer, say)}`} />}
          {answer.kind === "matrix" && <Grid cells={answer.cells} label={label} onHover={setHover} />}
          <figcaption>
            {label}. {answer.kind === "line" && `${say("picture.slope", { slope: short(answer.slope) })}. `}
            {answer.kind === "surface" && `${slopes(answer, say)}. `}
            {sizes(answer, say)} {answer.kind === "matrix" && <span aria-live="off">{hover}</span>}
          </figcaption>
        </figure>
      )}
    </div>
  );
}

/** Which two entries are moved. */
function Entries({ answer, say, onChange }: { answer: Answer; say: Shared["say"]; onChange: (entries: string) => void }) {
  const chosen = answer.chosen as string[];
  return (
    <div class="pair">
      {(["picture.across", "picture.up"] as const).map((word, place) => (
        <label key={word}>
          <span class="quiet-label">{say(word)}</span>
          <select value={chosen[place]} onChange={(event) => onChange(place ? `${chosen[0]};${event.currentTarget.value}` : `${event.currentTarget.value};${chosen[1]}`)}>
            {answer.entries.map((entry: any) => (
              <option key={entry.key} value={entry.key} disabled={entry.key === chosen[1 - place]}>
                {entry.name}
              </option>
            ))}
          </select>
        </label>
      ))}
    </div>
  );
}

const slopes = (answer: Answer, say: Shared["say"]) => say("picture.slopes", { first: answer.names[0], second: answer.names[1], one: short(answer.slope[0]), other: short(answer.slope[1]) });

function sizes(answer: Answer, say: Shared["say"]): string {
  const said = Object.entries(answer.sizes as Record<string, number>).map(([name, size]) => `${name} = ${size}`);
  return said.length ? `${say("picture.sizes")}: ${said.join(", ")}` : "";
}

