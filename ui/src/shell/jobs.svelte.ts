// Commands that take time, as the jobs badge shows them.
import type { CallProgress } from "../platform/bindings";
import type { Command, Input, Output, Platform, Running } from "../platform/types";
import { caseState, type Job } from "./case-state.svelte";

/** A running command with its newest progress. */
export interface Work<T> extends Running<T> {
  readonly progress: CallProgress | null;
  readonly stopping: boolean;
}

/** Starts a command and shows it among the jobs until it ends. */
export function startJob<K extends Command>(
  platform: Platform,
  name: K,
  input: Input<K>,
  title: string,
): Work<Output<K>> {
  let progress = $state<CallProgress | null>(null);
  let stopping = $state(false);
  const running = platform.start(name, input, (told) => {
    progress = told;
    show(told);
  });
  const cancel = () => {
    stopping = true;
    running.cancel();
  };
  const job: Job = { id: running.call, title, done: 0, total: null, cancel };
  caseState.jobs.push(job);
  const show = (told: CallProgress) => {
    const shown = caseState.jobs.find((one) => one.id === running.call);
    if (!shown) return;
    shown.title = told.stage ? `${title}: ${told.stage}` : title;
    shown.done = told.bytes_total > 0 ? told.bytes : told.records;
    shown.total = told.bytes_total > 0 ? told.bytes_total : null;
    if (told.eta !== null) shown.etaSeconds = told.eta;
  };
  const result = running.result.finally(() => {
    caseState.jobs = caseState.jobs.filter((one) => one.id !== running.call);
  });
  return {
    call: running.call,
    result,
    cancel,
    get progress() {
      return progress;
    },
    get stopping() {
      return stopping;
    },
  };
}
