// The pieces of CodeMirror that make one line out of an editor.
import { acceptCompletion, autocompletion, closeCompletion, moveCompletionSelection, startCompletion, type Completion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { history, historyKeymap, standardKeymap } from "@codemirror/commands";
import { EditorState, StateEffect, StateField, type Extension } from "@codemirror/state";
import { Decoration, EditorView, highlightSpecialChars, keymap, placeholder, type DecorationSet } from "@codemirror/view";
import { queryColours, queryLanguage } from "./language";

export interface QueryError {
  /** Offsets in UTF-16 units; `to` is exclusive. */
  from: number;
  to: number;
  message: string;
  /** What would be right. */
  hint?: string;
}

export interface Suggestions {
  /** What the options replace. */
  from: number;
  to?: number;
  options: { label: string; detail?: string; apply?: string; boost?: number }[];
}

export type Complete = (text: string, at: number, signal: AbortSignal) => Promise<Suggestions | null>;

export const setErrors = StateEffect.define<readonly QueryError[]>();

/** At least one character, within the text, so that an error at the end is seen too. */
export function shownSpan({ from, to }: QueryError, length: number): { from: number; to: number } | null {
  if (length === 0) return null;
  const start = Math.min(Math.max(0, from), length - 1);
  return { from: start, to: Math.min(length, Math.max(start + 1, to)) };
}

const errorMark = Decoration.mark({ class: "s-e" });

const errorField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setErrors)) continue;
      const spans = effect.value.map((error) => shownSpan(error, transaction.state.doc.length)).filter((span) => span !== null);
      next = Decoration.set(spans.map(({ from, to }) => errorMark.range(from, to)), true);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** A pasted line break becomes a space. */
const oneLine = EditorState.transactionFilter.of((transaction) => {
  if (!transaction.docChanged || transaction.newDoc.lines === 1) return transaction;
  const text = transaction.newDoc.toString();
  const changes = [...text.matchAll(/\n/g)].map(({ index }) => ({ from: index, to: index + 1, insert: " " }));
  return [transaction, { changes, sequential: true }];
});

function source(complete: Complete) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const asked = new AbortController();
    context.addEventListener("abort", () => asked.abort());
    const answer = await complete(context.state.doc.toString(), context.pos, asked.signal);
    if (!answer || context.aborted) return null;
    return { from: answer.from, to: answer.to, options: answer.options satisfies Completion[], filter: false };
  };
}

/** Whether the cursor stands on the first (or last) line that is seen; wrapped text has several. */
export function atEdge(view: EditorView, last: boolean): boolean {
  const edge = view.coordsAtPos(last ? view.state.doc.length : 0);
  const cursor = view.coordsAtPos(view.state.selection.main.head);
  return !edge || !cursor || Math.abs(edge.top - cursor.top) < 2;
}

export interface Hooks {
  label: string;
  describedby: string;
  placeholder: string;
  complete: Complete;
  onchange: (text: string) => void;
  onrun: () => void;
  /** Steps through history; false leaves the key to the cursor. */
  onstep: (by: -1 | 1) => boolean;
  onleave: () => void;
}

const theme = EditorView.theme({
  "&": { flex: "1", minWidth: "0", backgroundColor: "transparent", color: "inherit" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-data)", lineHeight: "1.5", overflow: "hidden" },
  ".cm-content": { padding: "2px 0", caretColor: "var(--accent)" },
  ".cm-line": { padding: "0" },
  ".cm-placeholder": { color: "var(--text-3)" },
  ".cm-specialChar": { color: "var(--warn-text)" },
  ".cm-tooltip": { backgroundColor: "var(--surface-4)", border: "1px solid var(--line-strong)", borderRadius: "var(--r-3)", boxShadow: "var(--shadow-pop)", zIndex: "var(--z-popover)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--font-data)", fontSize: "var(--text-sm)", padding: "4px", maxHeight: "40vh", minWidth: "320px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { display: "flex", alignItems: "center", gap: "12px", padding: "0 8px", height: "calc(28px * var(--text-scale))", borderRadius: "var(--r-1)", color: "var(--text-1)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent-tint)", color: "var(--text-1)" },
  ".cm-completionMatchedText": { textDecoration: "none", color: "var(--accent-text)", fontWeight: "600" },
  ".cm-completionDetail": { marginLeft: "auto", fontStyle: "normal", fontFamily: "var(--font-ui)", fontSize: "var(--text-xs)", color: "var(--text-3)" },
});

export function extensions(hooks: Hooks): Extension {
  const run = () => {
    hooks.onrun();
    return true;
  };
  return [
    // Tab takes a suggestion; Enter always runs.
    keymap.of([
      { key: "Enter", run, shift: run },
      { key: "Tab", run: acceptCompletion },
      { key: "ArrowDown", run: (view) => moveCompletionSelection(true)(view) || (atEdge(view, true) && hooks.onstep(1)) },
      { key: "ArrowUp", run: (view) => moveCompletionSelection(false)(view) || (atEdge(view, false) && hooks.onstep(-1)) },
      { key: "PageDown", run: moveCompletionSelection(true, "page") },
      { key: "PageUp", run: moveCompletionSelection(false, "page") },
      { key: "Ctrl-Space", run: startCompletion },
      { key: "Escape", run: (view) => closeCompletion(view) || (hooks.onleave(), true) },
      ...historyKeymap,
      ...standardKeymap,
    ]),
    history(),
    queryLanguage,
    queryColours,
    errorField,
    oneLine,
    highlightSpecialChars(),
    placeholder(hooks.placeholder),
    autocompletion({ override: [source(hooks.complete)], defaultKeymap: false, icons: false, maxRenderedOptions: 60 }),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": hooks.label, "aria-multiline": "false", "aria-describedby": hooks.describedby, spellcheck: "false", autocapitalize: "off", autocorrect: "off" }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) hooks.onchange(update.state.doc.toString());
    }),
    theme,
  ];
}
