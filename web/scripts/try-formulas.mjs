// Lets KaTeX set every formula of the built documentation, and fails where it cannot.
//
//   node scripts/try-formulas.mjs FOLDER_OF_THE_SITE
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import katex from "katex";

const site = process.argv[2];
const FORMULA = /<(span|div) class="math[^"]*">(.*?)<\/\1>/gs;
const SIGNS = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'", "#39": "'" };

const pages = readdirSync(site, { recursive: true }).filter((name) => name.endsWith(".html"));
let number = 0;
let failed = 0;
for (const page of pages) {
  for (const [, tag, escaped] of readFileSync(join(site, page), "utf8").matchAll(FORMULA)) {
    const latex = escaped.replace(/&(amp|lt|gt|quot|#x27|#39);/g, (_, sign) => SIGNS[sign]);
    number += 1;
    try {
      katex.renderToString(latex, { displayMode: tag === "div", throwOnError: true, strict: "ignore" });
    } catch (error) {
      failed += 1;
      console.error(`${page}: ${error.message}`);
    }
  }
}
console.log(`${number} formulas, ${failed} that cannot be set`);
process.exit(failed || !number ? 1 : 0);
