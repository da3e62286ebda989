// The only file that imports @tauri-apps/*.
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { starter } from "./start";
import type { Command, Input, Output, Platform, Stop } from "./types";

/** Registration is asynchronous; stopping before it is done must still stop. */
function stopLater(registered: Promise<Stop>): Stop {
  return () => void registered.then((stop) => stop());
}

const hear: Platform["listen"] = (name, heard) =>
  stopLater(listen(name, (event) => heard(event.payload as never)));

const ask = <K extends Command>(name: K, input: Input<K>, call?: string): Promise<Output<K>> =>
  invoke(name, { input, call: call ?? null });

export const tauri: Platform = {
  call: (name, input) => ask(name, input),
  start: starter(ask, hear),
  listen: hear,
  copy: (text) => navigator.clipboard.writeText(text),
};
