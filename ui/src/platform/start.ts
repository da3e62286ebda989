// Commands that take time, over a host that answers calls and pushes `progress`.
import type { Command, Input, Output, Platform, Running } from "./types";

type Ask = <K extends Command>(name: K, input: Input<K>, call?: string) => Promise<Output<K>>;

let calls = 0;

export function starter(ask: Ask, listen: Platform["listen"]): Platform["start"] {
  return <K extends Command>(name: K, input: Input<K>, progress?: Parameters<Platform["start"]>[2]): Running<Output<K>> => {
    const call = `${name}-${(calls += 1)}`;
    const stop = progress ? listen("progress", (told) => void (told.call === call && progress(told))) : () => {};
    const result = ask(name, input, call).finally(stop);
    return { call, result, cancel: () => void ask("cancel", { call }) };
  };
}
