/** Something the palette finds: an action, or an entity that a screen offers. */
export interface Found {
  id: string;
  title: string;
  group: string;
  /** Right-hand text: a key, a count. */
  aside?: string;
  /** The title comes from evidence. */
  evidence?: boolean;
  run: () => void | Promise<void>;
}

export type Finder = (typed: string, signal: AbortSignal) => Promise<Found[]>;

export class Palette {
  open = $state(false);
  #finders: Finder[] = [];

  /** Adds a source of entities until the returned function is called. */
  provide(finder: Finder): () => void {
    this.#finders.push(finder);
    return () => {
      this.#finders = this.#finders.filter((one) => one !== finder);
    };
  }

  async find(typed: string, signal: AbortSignal): Promise<Found[]> {
    const answers = await Promise.allSettled(this.#finders.map((finder) => finder(typed, signal)));
    return answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  }
}

/** Every word typed must begin a word of the title or stand in it; earlier and whole words rank first. */
export function score(title: string, typed: string): number {
  const text = title.toLowerCase();
  let sum = 0;
  for (const word of typed.toLowerCase().split(/\s+/).filter(Boolean)) {
    const at = text.indexOf(word);
    if (at < 0) return 0;
    sum += (at === 0 ? 3 : text[at - 1] === " " ? 2 : 1) + word.length / (text.length + 1);
  }
  return typed.trim() === "" ? 1 : sum;
}

export const palette = new Palette();
