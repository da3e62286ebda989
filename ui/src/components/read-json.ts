// A record as it was written. `JSON.parse` rounds long numbers, drops repeated names and moves names that look like
// numbers to the front; evidence must show none of that.
import { Exact, Members, type Json } from "./json-lines";

const DEEPEST = 500;
const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\.)*"/y;
const WORD = /true|false|null/y;
const words: Record<string, Json> = { true: true, false: false, null: null };

class Reader {
  #at = 0;
  constructor(readonly text: string) {}

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0] ?? null;
    this.#at += found?.length ?? 0;
    return found;
  }
  #skip(char: string): boolean {
    this.#take(SPACE);
    if (this.text[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }
  #fail(expected: string): never {
    throw new SyntaxError(`at character ${this.#at + 1}: expected ${expected}`);
  }
  #string(): string {
    this.#take(SPACE);
    const token = this.#take(STRING) ?? this.#fail("a string");
    return JSON.parse(token) as string;
  }
  #list<Item>(end: string, item: () => Item): Item[] {
    const items: Item[] = [];
    if (this.#skip(end)) return items;
    do items.push(item());
    while (this.#skip(","));
    return this.#skip(end) ? items : this.#fail(`, or ${end}`);
  }
  value(depth = 0): Json {
    if (depth > DEEPEST) this.#fail(`no more than ${DEEPEST} levels`);
    if (this.#skip("{")) return new Members(this.#list("}", () => [this.#string(), this.#skip(":") ? this.value(depth + 1) : this.#fail(":")]));
    if (this.#skip("[")) return this.#list("]", () => this.value(depth + 1));
    if (this.text[this.#at] === '"') return this.#string();
    const word = this.#take(WORD);
    if (word !== null) return words[word] ?? null;
    return new Exact(this.#take(NUMBER) ?? this.#fail("a value"));
  }
  end(): void {
    this.#take(SPACE);
    if (this.#at < this.text.length) this.#fail("the end");
  }
}

/** Reads one JSON value for a `JsonTree`; throws a SyntaxError that names the character. */
export function readJson(text: string): Json {
  const reader = new Reader(text);
  const value = reader.value();
  reader.end();
  return value;
}
