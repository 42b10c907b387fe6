/** What is linear in a variable, on vec of it: a matrix before vec(X), with the rules that lead to it. */

import { Expression, isUnfinished, withNames } from "./expression";
import { Copy, Field, Formula, Reasons, Refusal, type Shared, Understood, Verified, useAsk } from "./common";

export function Vec({ state, set, engine, say }: Shared) {
  const asked = state.v.trim() && !isUnfinished(state.v) ? { ask: "vec", expression: state.v, wrt: state.vwrt, given: state.vgiven, lang: state.lang } : null;
  const { answer, due } = useAsk(engine, "vec", asked, 60);
  return (
    <>
      <section class="card" aria-label={say("vec.expression")}>
        <Expression
          id="vec"
          label={say("vec.expression")}
          value={state.v}
          hint="A X B + C X D = E"
          given={state.vgiven}
          invalid={!!answer?.error}
          input={state.input}
          lang={state.lang}
          engine={engine}
          say={say}
          onInput={(v, names) => set({ v, vwrt: withNames(state.vwrt, names), vgiven: withNames(state.vgiven, names) })}
          onKind={(input) => set({ input })}
        />
        <p class="hint">{say("vec.hint")}</p>
        <div class="two">
          <Field id="vwrt" label={say("unknown")} value={state.vwrt} hint={say("unknown.hint")} onInput={(vwrt) => set({ vwrt })} />
          <Field id="vgiven" label={say("more")} value={state.vgiven} hint="S: n×n symmetric" onInput={(vgiven) => set({ vgiven })} />
        </div>
      </section>
      <section id="answer" class={`card answer${due ? " due" : ""}`} aria-label={say("answer")} aria-busy={due}>
        {!asked && <p class="hint">{say(state.v.trim() ? "unfinished" : "empty")}</p>}
        {answer?.error && <Refusal error={answer.error} say={say} />}
        {asked && answer && !answer.error && (
          <>
            <Understood answer={answer} say={say} />
            <div class="result">
              {answer.lines.latex.map((line: string) => (
                <Formula key={line} tex={line} block />
              ))}
            </div>
            <Verified answer={answer} say={say} />
            <h2>{say("vec.steps")}</h2>
            <ol class="steps">
              {answer.steps.map((step: any, place: number) => (
                <li key={place}>
                  <Formula tex={step.line} block />
                  <Reasons reasons={step.reasons} say={say} />
                </li>
              ))}
            </ol>
            <div class="buttons">
              <Copy text={answer.lines.latex.join("\n")} word="copy.latex" say={say} />
              <Copy text={answer.lines.text.join("\n")} word="copy.text" say={say} />
              <Copy text={location.href} word="copy.link" say={say} />
            </div>
          </>
        )}
      </section>
    </>
  );
}
