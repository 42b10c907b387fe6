// @vitest-environment node
import { expect, it, vi } from "vitest";

it("markup that MathLive draws has its styles in a sheet, and none in itself", async () => {
  const rules: { style: { cssText: string } }[] = [];
  vi.stubGlobal("CSSStyleSheet", class { cssRules = rules; insertRule(_: string, at: number) { rules.splice(at, 0, { style: { cssText: "" } }); } });
  vi.stubGlobal("document", { adoptedStyleSheets: [] });
  vi.doMock("mathlive", () => ({ MathfieldElement: class {} }));
  const { withoutStyles } = await import("../src/visual/mathfield");
  const made = withoutStyles(`<span class="a" style="height:1em"><i style='top:-2em' id=b></i></span><u style="visibility:hidden">x style="y"</u>`);
  expect(made).toBe(`<span class="a" data-drawn="0"><i data-drawn="1" id=b></i></span><u>x style="y"</u>`);
  expect(withoutStyles(`<b style="height:1em">`)).toBe(`<b data-drawn="0">`);
  expect(rules.map((rule) => rule.style.cssText)).toEqual(["height:1em", "top:-2em"]);
});
