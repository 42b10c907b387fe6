/** Equations, stationary points, practice and the gallery. */

import { useEffect, useRef, useState } from "preact/hooks";
import gallery from "../gallery.json";
import type { Answer } from "../engine/engine";
import { START, type State } from "../state";
import { Expression, isUnfinished, withNames } from "./expression";
import { Copy, Field, Formula, Mixed, Refusal, type Shared, Switch, Verified, useAsk } from "./common";

export function Equations({ state, set, engine, say }: Shared) {
  const asked = state.equation.trim() && !isUnfinished(state.equation)
    ? { ask: "solve", expression: state.equation, wrt: state.unknown, given: state.egiven, lang: state.lang }
    : null;
  const { answer, due } = useAsk(engine, "solve", asked, 150);
  return (
    <>
      <section class="card" aria-label={say("equation")}>
        <Expression
          id="equation"
          label={say("equation")}
          value={state.equation}
          hint={say("equation.hint")}
          given={state.egiven}
          invalid={!!answer?.error}
          input={state.input}
          lang={state.lang}
          engine={engine}
          say={say}
          onInput={(equation, names) => set({ equation, unknown: withNames(state.unknown, names), egiven: withNames(state.egiven, names) })}
          onKind={(input) => set({ input })}
        />
        <div class="two">
          <Field id="unknown" label={say("unknown")} value={state.unknown} hint={say("unknown.hint")} onInput={(unknown) => set({ unknown })} />
          <Field id="egiven" label={say("more")} value={state.egiven} hint="G: n×n symmetric" onInput={(egiven) => set({ egiven })} />
        </div>
      </section>
      <section id="answer" class={`card answer${due ? " due" : ""}`} aria-label={say("answer")} aria-busy={due}>
        {!asked && <p class="hint">{say(state.equation.trim() ? "unfinished" : "empty")}</p>}
        {answer?.error && <Refusal error={answer.error} say={say} />}
        {asked && answer && !answer.error && (
          <>
            <p>
              <span class="quiet-label">{say("equation.kind")}:</span> {answer.kind}
            </p>
            <p>
              <span class="quiet-label">{say("equation.normal")}:</span>{" "}
              {answer.normal.latex.map((line: string) => (
                <Formula key={line} tex={line} />
              ))}
            </p>
            <div class="result">
              {answer.lines.latex.map((line: string) => (
                <Formula key={line} tex={line} block />
              ))}
            </div>
            {answer.legends.map((legend: string) => (
              <p key={legend} class="described">
                {legend}
              </p>
            ))}
            <p>
              <span class="quiet-label">{say("equation.condition")}:</span> {answer.condition}
            </p>
            <p>
              <span class="quiet-label">{say("equation.method")}:</span> {answer.method}
            </p>
            <Verified answer={answer} say={say} />
            <details>
              <summary>{say("equation.steps")}</summary>
              <ol class="steps">
                {answer.steps.map((step: any, place: number) => (
                  <li key={place}>
                    <Formula tex={step.line.latex} block />
                    <p class="described">{step.rule}</p>
                  </li>
                ))}
              </ol>
            </details>
            <div class="buttons">
              <Copy text={answer.lines.latex.join("\n")} word="copy.latex" say={say} />
              <Copy text={answer.lines.text.join("\n")} word="copy.text" say={say} />
            </div>
          </>
        )}
      </section>
    </>
  );
}

export function Stationary({ state, set, engine, say }: Shared) {
  const asked = state.f.trim() && !isUnfinished(state.f)
    ? { ask: "stationary", expression: state.f, wrt: state.fwrt, given: state.fgiven, subject_to: state.subject, lang: state.lang }
    : null;
  const { answer, due } = useAsk(engine, "stationary", asked, 150);
  return (
    <>
      <section class="card" aria-label={say("function")}>
        <Expression
          id="function"
          label={say("function")}
          value={state.f}
          hint={say("expression.hint")}
          given={state.fgiven}
          invalid={!!answer?.error}
          input={state.input}
          lang={state.lang}
          engine={engine}
          say={say}
          onInput={(f, names) => set({ f, fwrt: withNames(state.fwrt, names), fgiven: withNames(state.fgiven, names) })}
          onKind={(input) => set({ input })}
        />
        <div class="two">
          <Field id="fwrt" label={say("wrt")} value={state.fwrt} onInput={(fwrt) => set({ fwrt })} />
          <Field id="subject" label={say("constraint")} value={state.subject} hint={say("constraint.hint")} onInput={(subject) => set({ subject })} />
        </div>
        <Field id="fgiven" label={say("more")} value={state.fgiven} hint={say("more.hint")} onInput={(fgiven) => set({ fgiven })} />
      </section>
      <section id="answer" class={`card answer${due ? " due" : ""}`} aria-label={say("answer")} aria-busy={due}>
        {!asked && <p class="hint">{say(state.f.trim() ? "unfinished" : "empty")}</p>}
        {answer?.error && <Refusal error={answer.error} say={say} />}
        {asked && answer && !answer.error && <Point answer={answer} say={say} />}
      </section>
    </>
  );
}

function Point({ answer, say }: { answer: Answer; say: Shared["say"] }) {
  return (
    <>
      <p class="quiet-label">{say("stationary.where")}</p>
      {answer.equations.latex.map((line: string) => (
        <Formula key={line} tex={line} block />
      ))}
      {answer.missing && <p class="note">{answer.missing}</p>}
      {answer.lines.latex.length > 0 && (
        <>
          <p class="quiet-label">{say("stationary.solution")}</p>
          <div class="result">
            {answer.lines.latex.map((line: string) => (
              <Formula key={line} tex={line} block />
            ))}
          </div>
          {answer.legends.map((legend: string) => (
            <p key={legend} class="described">
              {legend}
            </p>
          ))}
          {answer.conditions.map((condition: string) => (
            <p key={condition} class="described">
              {say("stationary.if", { condition })}
            </p>
          ))}
          <p>
            <strong>{answer.nature}</strong>
          </p>
          <ul>
            {answer.reasons.map((reason: any) => (
              <li key={reason.rule}>
                {reason.rule}
                {reason.citation ? ` (${reason.citation})` : ""}
              </li>
            ))}
          </ul>
          {answer.notes.map((note: string) => (
            <p key={note} class="described">
              {note}
            </p>
          ))}
          <Verified answer={answer} say={say} />
          <div class="buttons">
            <Copy text={answer.lines.latex.join("\n")} word="copy.latex" say={say} />
            <Copy text={answer.lines.text.join("\n")} word="copy.text" say={say} />
          </div>
        </>
      )}
    </>
  );
}

export function Practice({ state, set, engine, say }: Shared) {
  const lines = state.lines ? state.lines.split("\n") : [];
  const [text, setText] = useState("");
  const end = useRef<HTMLDivElement>(null);
  const { answer, due } = useAsk(
    engine,
    "practice",
    { ask: "practice", topic: state.topic, difficulty: Number(state.difficulty), seed: Number(state.seed), lines, lang: state.lang },
    0,
  );
  useEffect(() => {
    if (lines.length) end.current?.scrollIntoView({ block: "nearest" });
  }, [answer]);
  const tell = (line: string) => {
    if (!line.trim() || due) return;
    set({ lines: [...lines, line.replaceAll("\n", " ")].join("\n") });
    setText("");
  };
  return (
    <>
      <section class="card">
        <div class="two">
          <div class="field">
            <label for="topic">{say("practice.topic")}</label>
            <select id="topic" value={state.topic} onChange={(event) => set({ topic: event.currentTarget.value, lines: "" })}>
              <option value="">{say("practice.all")}</option>
              {(answer?.topics ?? []).map((topic: any) => (
                <option key={topic.key} value={topic.key}>
                  {topic.title}
                </option>
              ))}
            </select>
          </div>
          <Switch label={say("practice.difficulty")} name="difficulty" value={state.difficulty} choices={["1", "2", "3"]} text={(c) => c} onChange={(difficulty) => set({ difficulty, lines: "" })} />
        </div>
        <button type="button" class="small" onClick={() => set({ seed: String(1 + Math.floor(Math.random() * 99999)), lines: "" })}>
          {say("practice.new")}
        </button>
      </section>
      <section id="answer" class="card" aria-label={say("view.practice")}>
        {answer?.error && <Refusal error={answer.error} say={say} />}
        <div class="talk" role="log" aria-live="polite">
          {(answer?.turns ?? []).map((turn: any[], place: number) => (
            <div key={place} class="turn">
              {place > 0 && (
                <p class="own-line">
                  <span class="quiet-label">{say("practice.you")}:</span> {lines[place - 1]}
                </p>
              )}
              {turn.map((reply, which) => (
                <p key={which} class={`tone-${reply.tone}`}>
                  {reply.text}
                </p>
              ))}
            </div>
          ))}
          {answer?.latex && !answer.finished && (
            <p class="question">
              {answer.latex.split("\n").map((line: string, place: number) => (
                <span key={place}>
                  <Mixed text={line} />
                  <br />
                </span>
              ))}
            </p>
          )}
          <div ref={end} />
        </div>
        <Field id="practice-answer" label={say("practice.answer")} value={text} hint="A' X + …" onInput={setText} onEnter={() => tell(text)} />
        <div class="buttons">
          <button type="button" class="main" onClick={() => tell(text)}>
            {say("practice.send")}
          </button>
          <button type="button" onClick={() => tell("hint")}>{say("practice.hint")}</button>
          <button type="button" onClick={() => tell("show")}>{say("practice.show")}</button>
          <button type="button" onClick={() => tell("skip")}>{say("practice.skip")}</button>
          {answer && !answer.error && <span class="hint">{say("practice.score", { solved: answer.solved, asked: answer.asked })}</span>}
        </div>
      </section>
    </>
  );
}

type Entry = (typeof gallery)[number];

/** The state that a picture of the gallery opens. */
export function opened(entry: Entry, lang: string): State {
  const view = ("view" in entry ? entry.view : "derive") as State["view"];
  const state: State = { ...START, lang, view };
  if (view === "equations") return { ...state, equation: entry.e, unknown: entry.w, egiven: entry.g ?? "" };
  if (view === "vec") return { ...state, v: entry.e, vwrt: entry.w, vgiven: entry.g ?? "" };
  if (view === "stationary") return { ...state, f: entry.e, fwrt: entry.w, fgiven: entry.g ?? "" };
  return { ...state, e: entry.e, wrt: entry.w, given: entry.g ?? "", form: (entry.f ?? "auto") as State["form"] };
}

export function Gallery({ state, set, say, open, history, forget }: Shared & { open: (state: State) => void; history: State[]; forget: () => void }) {
  const text = state.search;
  const chinese = state.lang === "zh";
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = gallery.filter((entry) => wanted.every((word) => Object.values(entry).join(" ").toLowerCase().includes(word)));
  const groups = [...new Set(found.map((entry) => entry.s))];
  return (
    <section class="card" id="answer">
      <Field id="search" label={say("gallery.search")} value={text} onInput={(search) => set({ search })} />
      {history.length > 0 && !text && (
        <>
          <h2>{say("history")}</h2>
          <ul class="gallery">
            {history.map((old) => (
              <li key={old.e + old.wrt + old.form}>
                <button type="button" onClick={() => open({ ...old, lang: state.lang })}>
                  <code>{old.e}</code>
                </button>
              </li>
            ))}
          </ul>
          <button type="button" class="small" onClick={forget}>
            {say("history.clear")}
          </button>
        </>
      )}
      {!found.length && <p>{say("gallery.none")}</p>}
      {groups.map((group) => (
        <div key={group}>
          <h2>{chinese ? found.find((entry) => entry.s === group)?.zh : group}</h2>
          <ul class="gallery">
            {found
              .filter((entry) => entry.s === group)
              .map((entry) => (
                <li key={entry.n}>
                  <button type="button" onClick={() => open(opened(entry, state.lang))}>
                    <span>{chinese ? entry.nzh : entry.n}</span>
                    <code>{entry.e}</code>
                  </button>
                </li>
              ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

