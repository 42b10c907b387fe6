/** The page: its views, its language, its state in the address, and what it remembers. */

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Engine, Status } from "./engine/engine";
import type { Shared } from "./parts/common";
import { Derive } from "./parts/derive";
import { Equations, Gallery, Practice, Stationary } from "./parts/others";
import { Vec } from "./parts/vec";
import { START, type State, VIEWS, read, unread, write } from "./state";
import { CATALOGUES, LANGUAGES, type Word, words } from "./words";

const HISTORY = "matgrad-history";
/** Of what was looked at, what is remembered. */
const KEPT = ["e", "wrt", "given", "own", "at", "form", "layout", "convention"] as const;

function usual(): string {
  const kept = local()?.getItem("matgrad-language");
  if (kept && LANGUAGES.includes(kept)) return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

function local(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function remembered(): State[] {
  try {
    const found: unknown = JSON.parse(local()?.getItem(HISTORY) ?? "[]");
    return Array.isArray(found) ? found.filter((hash) => typeof hash === "string").map((hash) => read(hash)) : [];
  } catch {
    return [];
  }
}

export function App({ engine }: { engine: Engine }) {
  const [state, setState] = useState<State>(() => read(location.hash, usual()));
  const [faulty, setFaulty] = useState<string[]>(() => unread(location.hash));
  const [status, setStatus] = useState<Status>(engine.status);
  const [history, setHistory] = useState(remembered);
  const written = useRef(location.hash);
  const say = useMemo(() => words(state.lang), [state.lang]);

  useEffect(() => {
    engine.onstatus = setStatus;
    setStatus(engine.status);
  }, [engine]);
  useEffect(() => {
    const back = () => {
      if (location.hash === written.current) return;
      written.current = location.hash;
      setState(read(location.hash, usual()));
      setFaulty(unread(location.hash));
    };
    addEventListener("hashchange", back);
    addEventListener("popstate", back);
    return () => {
      removeEventListener("hashchange", back);
      removeEventListener("popstate", back);
    };
  }, []);
  useEffect(() => {
    document.documentElement.lang = state.lang;
    document.title = `matgrad · ${say(`view.${state.view}` as Word)}`;
  }, [state.lang, state.view]);

  const set = useCallback((change: Partial<State>) => setState((before) => ({ ...before, ...change })), []);
  useEffect(() => {
    const timer = setTimeout(() => {
      const hash = write(state);
      if (hash === (location.hash || "")) return;
      written.current = hash;
      window.history.replaceState(null, "", hash || location.pathname + location.search);
    }, 200);
    return () => clearTimeout(timer);
  }, [state]);
  const open = (next: State) => {
    window.history.pushState(null, "", write(next) || location.pathname);
    written.current = location.hash;
    setState(next);
    scrollTo(0, 0);
  };
  const remember = () => {
    const hash = write({ ...START, ...Object.fromEntries(KEPT.map((key) => [key, state[key]])) });
    setHistory((before) => {
      const next = [read(hash), ...before.filter((old) => old.e !== state.e || old.wrt !== state.wrt || old.form !== state.form)].slice(0, 12);
      local()?.setItem(HISTORY, JSON.stringify(next.map(write)));
      return next;
    });
  };
  const forget = () => {
    local()?.removeItem(HISTORY);
    setHistory([]);
  };
  const speak = (lang: string) => {
    local()?.setItem("matgrad-language", lang);
    set({ lang });
  };
  const shared: Shared = { state, set, engine, say };
  return (
    <>
      <a class="skip" href="#answer" onClick={(event) => (event.preventDefault(), document.getElementById("answer")?.scrollIntoView(), document.querySelector<HTMLElement>("#answer [tabindex], #answer button, #answer input")?.focus())}>
        {say("skip")}
      </a>
      <header>
        <div class="title">
          <h1>matgrad</h1>
          <p>{say("tagline")}</p>
        </div>
        <div class="languages" role="group" aria-label={say("language")}>
          {LANGUAGES.map((lang) => (
            <button key={lang} type="button" lang={lang} aria-pressed={lang === state.lang} onClick={() => speak(lang)}>
              {CATALOGUES[lang].name}
            </button>
          ))}
        </div>
        <nav aria-label={say("nav")}>
          {VIEWS.map((view) => (
            <button key={view} type="button" aria-current={view === state.view ? "page" : undefined} onClick={() => set({ view })}>
              {say(`view.${view}` as Word)}
            </button>
          ))}
        </nav>
      </header>
      <div class={`status ${status}`} role="status">
        <span>{say(`status.${status}` as Word)}</span>
        {status === "busy" && (
          <button type="button" class="small" onClick={() => engine.stop()}>
            {say("stop")}
          </button>
        )}
      </div>
      <main>
        {faulty.length > 0 && (
          <p class="note" role="status">
            {say("link.faulty", { parts: faulty.join(", ") })}
          </p>
        )}
        {state.view === "derive" && <Derive {...shared} remember={remember} />}
        {state.view === "equations" && <Equations {...shared} />}
        {state.view === "stationary" && <Stationary {...shared} />}
        {state.view === "vec" && <Vec {...shared} />}
        {state.view === "practice" && <Practice {...shared} />}
        {state.view === "gallery" && <Gallery {...shared} open={open} history={history} forget={forget} />}
      </main>
      <footer>{say("footer")}</footer>
    </>
  );
}
