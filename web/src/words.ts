/** The words of the page: one catalogue a language. */

import en from "./words/en.json";
import zh from "./words/zh.json";

export type Word = keyof typeof en;
export const CATALOGUES: Record<string, Record<Word, string>> = { en, zh };
export const LANGUAGES = Object.keys(CATALOGUES);

/** Say something in a language, with fields filled in. */
export function words(language: string): (word: Word, fields?: Record<string, unknown>) => string {
  const catalogue = CATALOGUES[language] ?? en;
  return (word, fields = {}) =>
    Object.entries(fields).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, String(value)), catalogue[word]);
}

export type Say = ReturnType<typeof words>;
