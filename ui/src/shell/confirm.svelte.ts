import { untrack } from "svelte";

export interface Question {
  /** The question itself: `Dismiss this finding?` */
  title: string;
  /** What happens, and that it is written down. */
  body: string;
  /** The verb: `Dismiss finding`. */
  yes: string;
  no?: string;
  danger?: boolean;
  /** Asks for a reason; the answer holds it. */
  reason?: { label: string; required?: boolean };
}

export type Answer = { yes: true; reason: string } | { yes: false };

/** One question at a time; a second one waits for the first. */
export class Confirm {
  #waiting: { question: Question; answer: (answer: Answer) => void }[] = $state.raw([]);

  get question(): Question | null {
    return this.#waiting[0]?.question ?? null;
  }

  ask(question: Question): Promise<Answer> {
    return new Promise((answer) => {
      this.#waiting = [...untrack(() => this.#waiting), { question, answer }];
    });
  }

  answer(answer: Answer): void {
    const [first, ...rest] = this.#waiting;
    this.#waiting = rest;
    first?.answer(answer);
  }
}

export const confirm = new Confirm();
