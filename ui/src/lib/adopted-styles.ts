// CodeMirror makes its style sheets with `style-mod`, which inserts <style> elements; the content security policy
// refuses those. Constructed sheets are allowed, so the build puts this module in the place of `style-mod`.
import { StyleModule as Rules } from "../../node_modules/style-mod/src/style-mod.js";

const sheets = new WeakMap<object, CSSStyleSheet>();

function sheetOf(rules: Rules): CSSStyleSheet {
  const known = sheets.get(rules);
  if (known) return known;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules.getRules());
  sheets.set(rules, sheet);
  return sheet;
}

export class StyleModule extends Rules {
  /** Adopts the sheets of `modules` in their order; a sheet that is there already moves to its new place. */
  static override mount(root: Document | ShadowRoot, modules: Rules | readonly Rules[]): void {
    const wanted = (Array.isArray(modules) ? modules : [modules]).map(sheetOf);
    const others = root.adoptedStyleSheets.filter((sheet) => !wanted.includes(sheet));
    root.adoptedStyleSheets = [...others, ...wanted];
  }
}
