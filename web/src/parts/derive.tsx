/** The main view: an expression, its variables, its derivative, and what there is to say of it. */

import { useEffect, useState } from "preact/hooks";
import type { Answer } from "../engine/engine";
import { CONVENTIONS, FORMS, LAYOUTS, TABS, owned, owning, question } from "../state";
import type { Word } from "../words";
import { Copy, Field, Formula, Refusal, type Shared, Switch, Verified, useAsk } from "./common";
import { Check, Code, Picture, Steps } from "./panels";

const FACTS = ["symmetric", "SPD", "skew", "diagonal", "lower triangular", "upper triangular", "orthogonal", "invertible", "positive", "constant"];

export function Derive(shared: Shared & { remember: (answer: Answer) => void }) {
  const { state, set, engine, say, remember } = shared;
  const asked = state.e.trim() ? { ask: "derive", ...question(state) } : null;
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
  return (
    <>
      <section class="card" aria-label={say("expression")}>
        <Field id="expression" label={say("expression")} value={state.e} rows={2} hint={say("expression.hint")} invalid={!!error} onInput={(e) => set({ e })} onEnter={() => {}} />
        <p class="hint">{say("expression.hint")}</p>
        <Wrt {...shared} variables={variables} current={good?.wrt ?? state.wrt} />
        <details class="variables" open>
          <summary>
            {say("variables")} <span class="hint">{say("variables.hint")}</span>
          </summary>
          <Variables {...shared} variables={variables} />
          <div class="two">
            <Field id="given" label={say("more")} value={state.given} hint={say("more.hint")} onInput={(given) => set({ given })} />
            <Field id="at" label={say("at")} value={state.at} hint={say("at.hint")} onInput={(at) => set({ at })} />
          </div>
        </details>
        <div class="switches">
          <Switch label={say("form")} name="form" value={state.form} choices={FORMS} text={(c) => say(`form.${c}` as Word)} onChange={(form) => set({ form })} />
          <Switch label={say("layout")} name="layout" value={state.layout} choices={LAYOUTS} text={(c) => say(`layout.${c}` as Word)} onChange={(layout) => set({ layout })} />
          {good?.variables?.some((v: any) => v.name === good.wrt && v.facts.length > 0) && (
            <Switch label={say("convention")} name="convention" value={state.convention} choices={CONVENTIONS} text={(c) => say(`convention.${c}` as Word)} onChange={(convention) => set({ convention })} />
          )}
        </div>
      </section>
      <section id="answer" class={`card answer${due ? " due" : ""}`} aria-label={say("answer")} aria-busy={due}>
        {error ? <Refusal error={error} say={say} /> : good ? <Line answer={good} {...shared} /> : <p class="hint">{asked ? " " : say("empty")}</p>}
      </section>
      {!error && good && <Tabs {...shared} answer={good} />}
    </>
  );
}

function Wrt({ state, set, say, variables, current }: Shared & { variables: any[]; current: string }) {
  const occurring = variables.filter((v) => v.occurs);
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
      <Field id="wrt" label={say("wrt.other")} value={state.wrt} onInput={(wrt) => set({ wrt })} />
    </div>
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
      <p class="understood">
        <span class="quiet-label">{say("understood")}</span> <Formula tex={answer.interpretation.latex} />
      </p>
      {answer.readings.map((note: string) => (
        <p key={note} class="note">
          {note}
        </p>
      ))}
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
    <section class="card">
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
