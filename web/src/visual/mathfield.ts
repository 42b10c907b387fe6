/** The visual input, in a chunk of its own that is loaded where it is chosen. */

import { MathfieldElement } from "mathlive";

/** What MathLive draws, with its inline styles as rules of a sheet: the policy of the page allows no others. */
const sheet = new CSSStyleSheet();
const known = new Map<string, number>();

function number(style: string): number {
  let place = known.get(style);
  if (place === undefined) {
    place = known.size;
    known.set(style, place);
    // As strong as the style of an element would be.
    sheet.insertRule(`[data-drawn="${place}"]:not(#a):not(#b) {}`, place);
    (sheet.cssRules[place] as CSSStyleRule).style.cssText = style;
  }
  return place;
}

/** A field is hidden until it is drawn, by a style that MathLive takes away again: that one is left out. */
const HIDDEN = /^visibility:\s*hidden;?$/;

export const withoutStyles = (markup: string): string =>
  String(markup).replaceAll(/(<[^<>]*?)\sstyle=(?:"([^"]*)"|'([^']*)')/g, (_, head, one, other) => {
    const style = one ?? other;
    return HIDDEN.test(style) ? head : `${head} data-drawn="${number(style)}"`;
  });

MathfieldElement.createHTML = withoutStyles;
// The fonts are those of the formulas of the page; no sound is played.
MathfieldElement.fontsDirectory = null;
MathfieldElement.soundsDirectory = null;
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

/** What becomes a command while one types; all else stays letters, which are matrices and vectors. */
const SHORTCUTS: Record<string, string> = {
  "'": "^{\\top}",
  "*": "\\odot",
  "**": "^",
  sqrt: "\\sqrt{#?}",
  log: "\\log",
  det: "\\det",
  exp: "\\exp",
  sin: "\\sin",
  cos: "\\cos",
  tanh: "\\tanh",
  inv: "^{-1}",
  kron: "\\otimes",
  ...Object.fromEntries(["tr", "sum", "vec", "diag", "rank", "softmax", "softplus", "relu", "logsumexp", "norm"].map((name) => [name, `\\operatorname{${name}}`])),
  ...Object.fromEntries(["alpha", "beta", "gamma", "delta", "epsilon", "theta", "lambda", "mu", "rho", "sigma", "tau", "phi", "omega", "Sigma", "Omega", "Lambda", "Theta", "Phi"].map((name) => [name, `\\${name}`])),
};

const KEYBOARD = {
  label: "matgrad",
  rows: [
    ["A", "B", "C", "X", "Y", "W", "a", "b", "x", "y", "w"].map((key) => `${key}`),
    ["#@^{\\top}", "#@^{-1}", "#@^{#?}", "#@_{#?}", "(", ")", "+", "-", "=", "0", "1"].map((latex) => ({ latex })),
    ["\\operatorname{tr}\\left(#?\\right)", "\\det\\left(#?\\right)", "\\log", "\\left\\Vert #? \\right\\Vert", "\\frac{#@}{#?}", "\\sqrt{#?}", "\\odot", "\\otimes"].map((latex) => ({ latex })),
    ["\\lambda", "\\mu", "\\Sigma", "\\sum_{#?}", "2", "[left]", "[right]", "[backspace]"].map((key) => (key.startsWith("\\") ? { latex: key } : key)),
  ],
};

/** A field for formulas, which knows the names of this trade. */
export function mathfield(lang: string): MathfieldElement {
  MathfieldElement.locale = lang === "zh" ? "zh-cn" : lang;
  const field = new MathfieldElement();
  field.addEventListener(
    "mount",
    () => {
      const root = field.shadowRoot;
      if (root) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      field.menuItems = [];
      field.inlineShortcuts = SHORTCUTS;
      field.smartMode = false;
      // What closes itself is closed twice by people who type quickly.
      field.smartFence = false;
      field.smartSuperscript = true;
      field.mathVirtualKeyboardPolicy = "auto";
    },
    { once: true },
  );
  // Upright bars are bars: on the key that they share with the backslash they would open LaTeX.
  field.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "|" || event.ctrlKey || event.metaKey || field.mode !== "math") return;
      event.preventDefault();
      event.stopPropagation();
      field.insert("|");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    },
    { capture: true },
  );
  // The keyboard of touch screens belongs to the window, and is made when it is first asked for.
  if (window.mathVirtualKeyboard) window.mathVirtualKeyboard.layouts = [KEYBOARD as never, "alphabetic", "greek"];
  return field;
}
