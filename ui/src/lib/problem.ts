/** True where a command ended because the person stopped it. */
export const wasStopped = (thrown: unknown): boolean =>
  typeof thrown === "object" && thrown !== null && "stopped" in thrown && thrown.stopped === true;
