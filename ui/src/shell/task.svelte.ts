// One command that takes time and what became of it. It outlives the screen that started it.
import { asFailure, type Failure } from "../lib/failure";
import { wasStopped } from "../lib/problem";
import type { ProblemInQuery } from "../platform/bindings";
import type { Work } from "./jobs.svelte";

const inQuery = (thrown: unknown): readonly ProblemInQuery[] =>
  typeof thrown === "object" && thrown !== null && "in_query" in thrown && Array.isArray(thrown.in_query) ? thrown.in_query : [];

export class Task<T> {
  work: Work<T> | null = $state.raw(null);
  result: T | null = $state.raw(null);
  failure: Failure | null = $state.raw(null);
  /** What is wrong with the query that was given. */
  inQuery: readonly ProblemInQuery[] = $state.raw([]);
  /** Where it ended because the person stopped it. */
  stopped = $state(false);

  get running(): boolean {
    return this.work !== null;
  }

  /** Runs a command and keeps its result or failure; the one before it counts no more. Resolves to null where it failed. */
  async run(begin: () => Work<T>, doing: string): Promise<T | null> {
    this.clear();
    const work = begin();
    this.work = work;
    try {
      const result = await work.result;
      if (this.work !== work) return null;
      this.result = result;
      return result;
    } catch (error) {
      if (this.work === work) this.#failed(error, doing);
      return null;
    } finally {
      if (this.work === work) this.work = null;
    }
  }

  #failed(error: unknown, doing: string): void {
    this.inQuery = inQuery(error);
    if (wasStopped(error)) this.stopped = true;
    else if (this.inQuery.length === 0) this.failure = asFailure(error, doing);
  }

  cancel(): void {
    this.work?.cancel();
  }

  /** Forgets everything; what still runs is not waited for. */
  clear(): void {
    this.work = null;
    this.result = null;
    this.failure = null;
    this.inQuery = [];
    this.stopped = false;
  }
}
