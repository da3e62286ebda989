// The door to the host. The screens know this interface only; `tauri.ts` and `memory.ts` stand behind it.
import type { CallProgress, Commands, Events } from "./bindings";

export type Command = keyof Commands;
export type Input<K extends Command> = Commands[K]["input"];
export type Output<K extends Command> = Commands[K]["output"];

export type Stop = () => void;

/** A command that runs: it tells its progress and can be stopped. */
export interface Running<T> {
  /** The number by which the host knows it. */
  readonly call: string;
  readonly result: Promise<T>;
  /** Asks the host to stop; `result` then rejects with a problem that says `stopped`. */
  cancel(): void;
}

export interface Platform {
  /** Runs a command of the host. Rejects with what the host sent; `asFailure` turns that into words. */
  call<K extends Command>(name: K, input: Input<K>): Promise<Output<K>>;
  /** Runs a command that takes time. `progress` hears how far it is. */
  start<K extends Command>(name: K, input: Input<K>, progress?: (progress: CallProgress) => void): Running<Output<K>>;
  /** Hears what the host pushes, until the returned function is called. */
  listen<E extends keyof Events & string>(name: E, hear: (payload: Events[E]) => void): Stop;
  copy(text: string): Promise<void>;
}
