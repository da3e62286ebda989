import type { ZoneView } from "./time";

/** One toggle for the whole window. The case's zone is set when a case opens. */
export const zones: { view: ZoneView; caseZone: string } = $state({ view: "utc", caseZone: "UTC" });

const order: ZoneView[] = ["utc", "case", "source"];

export function nextZone(): void {
  zones.view = order[(order.indexOf(zones.view) + 1) % order.length] ?? "utc";
}
