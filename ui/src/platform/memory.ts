// A host for tests and the gallery: handlers are registered per command, nothing leaves the process.
import type { Events } from "./bindings";
import type { Command, FileDrop, Input, Output, Platform, Stop } from "./types";

type Handler = (input: unknown) => unknown;

export class MemoryPlatform implements Platform {
  readonly calls: { name: string; input: unknown }[] = [];
  readonly copied: string[] = [];
  /** What the next file dialogs answer. */
  picks: string[][] = [];
  saves: (string | null)[] = [];
  #handlers = new Map<string, Handler>();
  #hearers = new Map<string, Set<(payload: never) => void>>();
  #drops = new Set<(drop: FileDrop) => void>();

  /** Answers a command; throw in the handler to let the call fail. */
  on<K extends Command>(name: K, answer: (input: Input<K>) => Output<K> | Promise<Output<K>>): this {
    this.#handlers.set(name, answer as Handler);
    return this;
  }

  async call<K extends Command>(name: K, input: Input<K>): Promise<Output<K>> {
    this.calls.push({ name, input });
    const answer = this.#handlers.get(name);
    if (!answer) throw new Error(`no handler for the command ${name}`);
    return (await answer(input)) as Output<K>;
  }

  listen<E extends keyof Events & string>(name: E, hear: (payload: Events[E]) => void): Stop {
    const hearers = this.#hearers.get(name) ?? new Set();
    this.#hearers.set(name, hearers.add(hear as never));
    return () => void hearers.delete(hear as never);
  }

  /** Pushes an event as the backend would. */
  push<E extends keyof Events & string>(name: E, payload: Events[E]): void {
    for (const hear of this.#hearers.get(name) ?? []) hear(payload as never);
  }

  pickFiles = async (): Promise<string[]> => this.picks.shift() ?? [];
  pickSave = async (): Promise<string | null> => this.saves.shift() ?? null;

  onFileDrop(hear: (drop: FileDrop) => void): Stop {
    this.#drops.add(hear);
    return () => void this.#drops.delete(hear);
  }

  drop(drop: FileDrop): void {
    for (const hear of this.#drops) hear(drop);
  }

  async copy(text: string): Promise<void> {
    this.copied.push(text);
  }
}
