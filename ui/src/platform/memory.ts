// A host for tests and the gallery: handlers are registered per command, nothing leaves the process.
import type { Events } from "./bindings";
import { starter } from "./start";
import type { Command, Input, Output, Platform, Stop } from "./types";

/** What a handler of a running command is given. */
export interface Call {
  id: string | undefined;
  /** Aborted by `cancel`. */
  signal: AbortSignal;
}

type Handler = (input: unknown, call: Call) => unknown;

export class MemoryPlatform implements Platform {
  readonly calls: { name: string; input: unknown }[] = [];
  readonly copied: string[] = [];
  #handlers = new Map<string, Handler>();
  #hearers = new Map<string, Set<(payload: never) => void>>();
  #running = new Map<string, AbortController>();

  /** Answers a command; throw in the handler to let the call fail. */
  on<K extends Command>(name: K, answer: (input: Input<K>, call: Call) => Output<K> | Promise<Output<K>>): this {
    this.#handlers.set(name, answer as Handler);
    return this;
  }

  call = <K extends Command>(name: K, input: Input<K>): Promise<Output<K>> => this.#ask(name, input);

  listen = <E extends keyof Events & string>(name: E, hear: (payload: Events[E]) => void): Stop => {
    const hearers = this.#hearers.get(name) ?? new Set();
    this.#hearers.set(name, hearers.add(hear as never));
    return () => void hearers.delete(hear as never);
  };

  start: Platform["start"] = starter((name, input, call) => this.#ask(name, input, call), this.listen);

  /** Pushes an event as the host would. */
  push<E extends keyof Events & string>(name: E, payload: Events[E]): void {
    for (const hear of this.#hearers.get(name) ?? []) hear(payload as never);
  }

  async copy(text: string): Promise<void> {
    this.copied.push(text);
  }

  async #ask<K extends Command>(name: K, input: Input<K>, call?: string): Promise<Output<K>> {
    this.calls.push({ name, input });
    if (name === "cancel") this.#running.get((input as Input<"cancel">).call)?.abort();
    const answer = this.#handlers.get(name);
    if (!answer && name === "cancel") return {} as Output<K>;
    if (!answer) throw new Error(`no handler for the command ${name}`);
    const abort = new AbortController();
    if (call) this.#running.set(call, abort);
    try {
      return (await answer(input, { id: call, signal: abort.signal })) as Output<K>;
    } finally {
      if (call) this.#running.delete(call);
    }
  }
}
