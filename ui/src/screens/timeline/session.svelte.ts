// A question and its answer: the result whose rows the grid asks for, and the histogram. The newest question wins:
// what an older one still answers is dropped.
import type { CallProgress, Change, FieldView, HistogramView, Problem, ProblemInQuery, Question, ResultView, Selection } from "../../platform/bindings";
import type { Platform, Running } from "../../platform/types";
import { PAGE, type FetchRows } from "../../components/grid/pages.svelte";
import { startJob } from "../../shell/jobs.svelte";
import { nanoseconds, rfc3339Of } from "../../lib/wire-time";
import { barsOf, type Bars } from "./bars";
import { memory } from "./memory.svelte";
import { noteFields, rowsOf, type Row } from "./rows";

const asProblem = (thrown: unknown): Partial<Problem> => (typeof thrown === "object" && thrown !== null ? (thrown as Partial<Problem>) : {});

/** What was written into the custody chain last, to be said and to be taken back. */
export interface Written {
  what: string;
  events: number;
  seq: number | null;
  undone: boolean;
}

export interface Histogram extends Bars {
  undated: number;
}

/** Pages that are looked through for an event at a crowded moment. */
const LOOKED = 10;

export class Session {
  readonly #platform: Platform;
  #turn = 0;
  #running: Running<unknown> | null = null;
  #counting: Running<HistogramView> | null = null;
  #counted = "";
  #wanted: string[] = [];

  fields: FieldView[] = $state.raw([]);
  question: Question = $state.raw({ query: "", from: null, to: null });
  newestFirst = $state(memory.newestFirst);
  result: ResultView | null = $state.raw(null);
  rows: FetchRows<Row> | null = $state.raw(null);
  asking = $state(false);
  progress: CallProgress | null = $state.raw(null);
  /** The last question was given up by the person. */
  stopped = $state(false);
  failure: unknown = $state.raw(null);
  problems: readonly ProblemInQuery[] = $state.raw([]);
  histogram: Histogram | null = $state.raw(null);
  histogramFailure: unknown = $state.raw(null);
  written: Written | null = $state.raw(null);
  writing = $state(false);
  writeFailure: unknown = $state.raw(null);

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Fields that rows are read with from now on. True where rows that are here lack one. */
  want(names: readonly string[]): boolean {
    const wanted = names.filter((name) => !noteFields.has(name) && name !== "time");
    const lacking = wanted.some((name) => !this.#wanted.includes(name));
    if (lacking || wanted.length < this.#wanted.length) this.#wanted = wanted;
    return lacking;
  }

  #source(result: number): FetchRows<Row> {
    return async (offset, limit) => {
      const fields = this.#wanted;
      const answer = await this.#platform.call("rows", { result, offset, limit, fields });
      return rowsOf(answer.rows, new Map(fields.map((name, at) => [name, at])));
    };
  }

  /** Opens the result of a question. Gives the position of `event` in it (0 without one), or null if another question came. */
  async ask(question: Question, event: string | null = null): Promise<number | null> {
    const turn = ++this.#turn;
    this.#running?.cancel();
    this.question = question;
    this.asking = true;
    this.stopped = false;
    this.progress = null;
    const current = () => turn === this.#turn;
    const running = this.#platform.start("open_result", { question, newest_first: this.newestFirst }, (told) => {
      if (current()) this.progress = told;
    });
    this.#running = running;
    this.#count();
    try {
      const result = await running.result;
      if (!current()) return null;
      memory.note(question, result.count);
      const at = event === null ? 0 : await this.#placeOf(result, event);
      const rows = this.#source(result.result);
      const page = Math.floor(at / PAGE);
      rows.known = result.count === 0 ? new Map() : new Map([[page, await rows(page * PAGE, PAGE, new AbortController().signal)]]);
      if (!current()) return null;
      Object.assign(this, { result, rows, failure: null, problems: [] });
      return at;
    } catch (thrown) {
      if (current()) this.#fail(thrown);
      return null;
    } finally {
      if (current()) Object.assign(this, { asking: false, progress: null });
    }
  }

  #fail(thrown: unknown): void {
    const problem = asProblem(thrown);
    if (problem.stopped) this.stopped = true;
    else if (problem.in_query && problem.in_query.length > 0) this.problems = problem.in_query;
    else this.failure = thrown;
  }

  stop(): void {
    this.#running?.cancel();
  }

  /** Ends what is under way: nobody looks any more. */
  leave(): void {
    this.#turn += 1;
    this.#running?.cancel();
    this.#counting?.cancel();
  }

  /** Where an event stands in a result; where its time would stand if it is not in it. */
  async #placeOf(result: ResultView, id: string): Promise<number> {
    const event = await this.#platform.call("event", { id });
    const time = event.fields.find((field) => field.name === "time")?.value ?? null;
    const dated = result.count - result.undated;
    const from = time === null ? dated : (await this.#platform.call("find_time", { result: result.result, time })).offset;
    for (let page = 0; page < LOOKED && from + page * PAGE < result.count; page += 1) {
      const { rows } = await this.#platform.call("rows", { result: result.result, offset: from + page * PAGE, limit: PAGE, fields: [] });
      const found = rows.findIndex((row) => row.id === id);
      if (found >= 0) return from + page * PAGE + found;
      if (rows.at(-1)?.time !== time) break;
    }
    return Math.min(from, Math.max(0, result.count - 1));
  }

  /** The position of an event in the result that is shown. */
  find(id: string): Promise<number> {
    return this.result ? this.#placeOf(this.result, id) : Promise.resolve(0);
  }

  /** The position of a time in the result that is shown. */
  async findTime(time: string): Promise<number> {
    if (!this.result) return 0;
    const { offset } = await this.#platform.call("find_time", { result: this.result.result, time });
    return Math.min(offset, Math.max(0, this.result.count - 1));
  }

  /** Counts over time, where the question or the span changed since. */
  #count(again = false): void {
    const { query, from, to } = this.question;
    const question = memory.zoomed ? { query, from, to } : { query, from: null, to: null };
    const asked = JSON.stringify(question);
    if (asked === this.#counted && !again) return;
    this.#counted = asked;
    this.#counting?.cancel();
    const running = (this.#counting = this.#platform.start("histogram", { question, bucket: "auto", by_cloud: true }));
    running.result.then(
      (view) => { if (this.#counting === running) Object.assign(this, { histogram: { ...barsOf(view), undated: view.undated }, histogramFailure: null }); },
      (thrown: unknown) => {
        if (this.#counting !== running) return;
        this.#counted = "";
        const problem = asProblem(thrown);
        if (!problem.stopped && !problem.in_query?.length) this.histogramFailure = thrown;
      },
    );
  }
  recount(): void {
    this.#count(true);
  }

  /** Writes one entry about all the events. True if something was written. */
  async annotate(change: Change, about: Selection, what: string): Promise<boolean> {
    return this.#write(what, false, () => {
      if (about.which === "ids") return this.#platform.call("annotate", { change, about });
      return startJob(this.#platform, "annotate", { change, about }, what).result;
    });
  }
  async undo(): Promise<boolean> {
    const last = this.written;
    if (!last || last.seq === null || last.undone) return false;
    const custody_seq = last.seq;
    return this.#write(`Undone: ${last.what}`, true, () => this.#platform.call("undo_annotation", { custody_seq }));
  }
  async #write(what: string, undone: boolean, run: () => Promise<{ events: number; custody_seq: number | null }>): Promise<boolean> {
    this.writing = true;
    this.writeFailure = null;
    try {
      const { events, custody_seq } = await run();
      this.written = { what, events, seq: custody_seq, undone };
      return custody_seq !== null;
    } catch (thrown) {
      if (!asProblem(thrown).stopped) this.writeFailure = thrown;
      return false;
    } finally {
      this.writing = false;
    }
  }
}

/** The question's range as the histogram counts it; an open side ends with the bars. */
export function brushed(question: Question, bars: Bars | null): { from: string; to: string } | null {
  if (!question.from && !question.to) return null;
  const from = nanoseconds(question.from) ?? bars?.buckets[0]?.from.toString();
  const to = nanoseconds(question.to) ?? bars?.buckets.at(-1)?.to.toString();
  return from !== undefined && to !== undefined ? { from, to } : null;
}

export const asTime = (ns: bigint | string): string => rfc3339Of(ns);
