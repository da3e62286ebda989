// What the timeline keeps while the person is on another screen, and forgets when another case opens.
import type { Question } from "../../platform/bindings";
import { caseState } from "../../shell/case-state.svelte";
import type { Params } from "../../shell/router.svelte";
import type { KeptLayout } from "./rows";
import { sameQuestion } from "./question";

export interface Asked {
  question: Question;
  /** Rows it found; null while it is not known. */
  count: number | null;
}

class Memory {
  #case = "";
  place: Params = {};
  newestFirst = false;
  detail = $state(false);
  log = $state(false);
  zoomed = $state(false);
  /** Oldest first. */
  asked: Asked[] = $state.raw([]);

  /** Starts anew where another case is open than last time. */
  enter(): void {
    const open = caseState.open ? `${caseState.open.title}\n${caseState.open.reference ?? ""}` : "";
    if (open === this.#case) return;
    this.#case = open;
    Object.assign(this, { place: {}, newestFirst: false, detail: false, log: false, zoomed: false, asked: [] });
  }
  note(question: Question, count: number | null): void {
    const others = this.asked.filter((one) => !sameQuestion(one.question, question));
    this.asked = [...others, { question, count }].slice(-200);
  }
}

export const memory = new Memory();

const key = "vestige.timeline.layout";

/** Widths and the frozen columns are this machine's; their names and order are kept by the settings. */
export function keptLayout(): KeptLayout {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "{}") as Partial<KeptLayout>;
    return { widths: kept.widths ?? {}, frozen: Number(kept.frozen ?? 0) || 0 };
  } catch {
    return { widths: {}, frozen: 0 };
  }
}
export function keepLayout(layout: KeptLayout): void {
  try {
    localStorage.setItem(key, JSON.stringify(layout));
  } catch {
    // Storage can be full or forbidden; the widths then last as long as the window.
  }
}
