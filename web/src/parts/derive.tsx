/** The main view: an expression, its variables, its derivative, and what there is to say of it. */

import { useEffect, useState } from "preact/hooks";
import type { Answer } from "../engine/engine";
import { CONVENTIONS, FORMS, LAYOUTS, TABS, declarations, owned, owning, question } from "../state";
import type { Word } from "../words";
import { Copy, Field, Formula, Refusal, type Shared, Switch, Understood, Verified, useAsk } from "./common";
import { Expression, isUnfinished, withNames } from "./expression";
import { Check, Code, Picture, Steps } from "./panels";

const FACTS = ["symmetric", "SPD", "skew", "diagonal", "lower triangular", "upper triangular", "orthogonal", "invertible", "positive", "constant"];

export function Derive(shared: Shared & { remember: (answer: Answer) => void }) {
  const { state, set, engine, say, remember } = shared;
  const asked = state.e.trim() && !isUnfinished(state.e) ? { ask: "derive", ...question(state) } : null;
  const { answer, due } = useAsk(engine, "derive", asked, 10);
  const [shown, setShown] = useState<Answer | null>(null);
  useEffect(() => {
    if (!answer || answer.error) return;
    setShown(answer);
    const timer = setTimeout(() => remember(answer), 1500);
    return () => clearTimeout(timer);
  }, [answer]);
  const error = answer?.error;
  const good = asked && !error ? (answer ?? shown) : null;
  const variables = (error ? shown : answer)?.variables ?? shown?.variables ?? [];
  const put = (e: string, names: Record<string, string>) => set({ e, wrt: withNames(state.wrt, names), given: withNames(state.given, names), own: withNames(state.own, names) });
  return (
    <div class="desk">
      <section class="card ask" aria-label={say("expression")}>
        <Expression
          id="expression"
          label={say("expression")}
          value={state.e}
          hint={say("expression.hint")}
          given={declarations(state)}
          invalid={!!error}
          input={state.input}
          lang={state.lang}
          engine={engine}
          say={say}
          onInput={put}
          onKind={(input) => set({ input })}
        />
        <Wrt {...shared} variables={variables} current={good?.wrt ?? state.wrt} due={due} />
        <Switch label={say("form")} name="form" value={state.form} choices={FORMS} text={(c) => say(`form.${c}` as Word)} onChange={(form) => set({ form })} />
      </section>
      <Options {...shared} variables={variables} answer={good} />
      <section id="answer" class={`card answer${due ? " due" : ""}`} aria-label={say("answer")} aria-busy={due}>
        {error ? <Refusal error={error} say={say} /> : good ? <Line answer={good} {...shared} /> : <p class="hint">{say(asked || !state.e.trim() ? "empty" : "unfinished")}</p>}
      </section>
      {!error && good && <Tabs {...shared} answer={good} />}
    </div>
  );
}

const isName = (text: string) => /^[\p{L}\p{M}\d_\\{}]*$/u.test(text.trim());

function Wrt({ state, set, say, variables, current, due }: Shared & { variables: any[]; current: string; due: boolean }) {
  // What is being typed; null where nobody is typing.
  const [draft, setDraft] = useState<string | null>(null);
  const occurring = variables.filter((v) => v.occurs);
  // Names are chosen on the left. The box holds parts, as long as the expression has them.
  const part = !isName(state.wrt) && (due || current === state.wrt) ? state.wrt : "";
  const value = draft ?? part;
  return (
    <div class="wrt">
      <fieldset class="switch">
        <legend>{say("wrt")}</legend>
        <div>
          {occurring.map((v) => (
            <label key={v.name} class={v.name === current ? "chosen" : ""}>
              <input type="radio" name="wrt" value={v.name} checked={v.name === current} onChange={() => set({ wrt: v.name })} />
              <span>{v.unicode}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <div onFocusCapture={() => setDraft(part)} onBlurCapture={() => setDraft(null)}>
        <Field
          id="wrt"
          label={say("wrt.other")}
          value={value}
          invalid={value.trim() !== "" && !due && current !== value.trim()}
          onInput={(wrt) => {
            setDraft(wrt);
            set({ wrt });
          }}
        />
      </div>
    </div>
  );
}

/** Variables and layout: beside the expression where there is room, behind a line on a phone. */
function Options(shared: Shared & { variables: any[]; answer: Answer | null }) {
  const { state, set, say, variables, answer } = shared;
  const [isOpen] = useState(() => matchMedia("(min-width: 64rem)").matches);
  return (
    <details class="card options" open={isOpen}>
      <summary>
        {say("options")} <span class="hint">{say("variables.hint")}</span>
      </summary>
      <Variables {...shared} variables={variables} />
      <div class="stack">
        <Field id="given" label={say("more")} value={state.given} hint={say("more.hint")} onInput={(given) => set({ given })} />
        <Field id="at" label={say("at")} value={state.at} hint={say("at.hint")} onInput={(at) => set({ at })} />
        <Switch label={say("layout")} name="layout" value={state.layout} choices={LAYOUTS} text={(c) => say(`layout.${c}` as Word)} onChange={(layout) => set({ layout })} />
        {answer?.variables?.some((v: any) => v.name === answer.wrt && v.facts.length > 0) && (
          <Switch label={say("convention")} name="convention" value={state.convention} choices={CONVENTIONS} text={(c) => say(`convention.${c}` as Word)} onChange={(convention) => set({ convention })} />
        )}
      </div>
    </details>
  );
}

function Variables({ state, set, say, variables }: Shared & { variables: any[] }) {
  const own = owned(state.own);
  const change = (head: string, value: string) => set({ own: owning({ ...own, [head]: value }) });
  return (
    <ul class="rows">
      {variables.map((v) => {
        const mine = own[v.head];
        return (
          <li key={v.name} class={mine === undefined ? "" : "own"}>
            <Formula tex={v.latex} />
            <input
              type="text"
              aria-label={say("variable.declared", { name: v.unicode })}
              value={mine ?? v.declared}
              autocomplete="off"
              autocapitalize="off"
              spellcheck={false}
              onInput={(event) => change(v.head, event.currentTarget.value)}
            />
            <select
              aria-label={say("variable.add", { name: v.unicode })}
              value=""
              onChange={(event) => {
                change(v.head, `${mine ?? v.declared} ${event.currentTarget.value}`);
                event.currentTarget.value = "";
              }}
            >
              <option value="">{say("variable.fact")}</option>
              {FACTS.filter((fact) => !(mine ?? v.declared).includes(fact)).map((fact) => (
                <option key={fact}>{fact}</option>
              ))}
            </select>
            <button type="button" class="small" disabled={mine === undefined} aria-label={say("variable.reset", { name: v.unicode })} onClick={() => change(v.head, "")}>
              ↺
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function Line({ answer, say }: Shared & { answer: Answer }) {
  return (
    <>
      <Understood answer={answer} say={say} />
      <div class="result">
        <Formula tex={answer.line.latex} block />
      </div>
      <p class="described">{answer.described}</p>
      {answer.remarks.map((remark: string) => (
        <p key={remark} class="note">
          {remark}
        </p>
      ))}
      <Verified answer={answer} say={say} />
      <div class="buttons">
        <Copy text={answer.line.latex} word="copy.latex" say={say} />
        <Copy text={answer.line.text} word="copy.text" say={say} />
        <Copy text={location.href} word="copy.link" say={say} />
      </div>
    </>
  );
}

const PANELS = { steps: Steps, code: Code, check: Check, picture: Picture };

function Tabs(shared: Shared & { answer: Answer }) {
  const { state, set, say } = shared;
  const Panel = PANELS[state.tab];
  const move = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const tab = TABS[(TABS.indexOf(state.tab) + step + TABS.length) % TABS.length];
    set({ tab });
    document.getElementById(`tab-${tab}`)?.focus();
  };
  return (
    <section class="card more">
      <div class="tabs" role="tablist" aria-label={say("tabs")} onKeyDown={move}>
        {TABS.map((tab) => (
          <button key={tab} id={`tab-${tab}`} type="button" role="tab" aria-selected={tab === state.tab} aria-controls="panel" tabIndex={tab === state.tab ? 0 : -1} onClick={() => set({ tab })}>
            {say(`tab.${tab}` as Word)}
          </button>
        ))}
      </div>
      <div id="panel" role="tabpanel" aria-labelledby={`tab-${state.tab}`}>
        <Panel {...shared} />
      </div>
    </section>
  );
}
