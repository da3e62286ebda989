// The door to the host. The screens know this interface only; `tauri.ts` and `memory.ts` stand behind it.
import type { Commands, Events } from "./bindings";

export type Command = keyof Commands;
export type Input<K extends Command> = Commands[K]["input"];
export type Output<K extends Command> = Commands[K]["output"];

export interface PickOptions {
  title: string;
  /** Folders instead of files. */
  folder?: boolean;
  multiple?: boolean;
  filters?: { name: string; extensions: string[] }[];
}

export interface SaveOptions {
  title: string;
  suggested?: string;
  filters?: { name: string; extensions: string[] }[];
}

/** What is dragged over the window; positions are CSS pixels. */
export type FileDrop =
  | { kind: "over"; x: number; y: number }
  | { kind: "drop"; x: number; y: number; paths: string[] }
  | { kind: "leave" };

export type Stop = () => void;

export interface Platform {
  /** Runs a command of the backend. Rejects with what the backend sent; `asFailure` turns that into words. */
  call<K extends Command>(name: K, input: Input<K>): Promise<Output<K>>;
  /** Hears what the backend pushes, until the returned function is called. */
  listen<E extends keyof Events & string>(name: E, hear: (payload: Events[E]) => void): Stop;
  /** Paths that the user chose; empty when the user closed the dialog. */
  pickFiles(options: PickOptions): Promise<string[]>;
  /** Where to save, or null when the user closed the dialog. */
  pickSave(options: SaveOptions): Promise<string | null>;
  onFileDrop(hear: (drop: FileDrop) => void): Stop;
  copy(text: string): Promise<void>;
}
