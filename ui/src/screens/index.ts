import type { Component } from "svelte";
import type { SectionId } from "../shell/router.svelte";
import Cases from "./cases/Cases.svelte";
import Custody from "./custody/Custody.svelte";
import Evidence from "./evidence/Evidence.svelte";
import Timeline from "./timeline/Timeline.svelte";
import Report from "./report/Report.svelte";

export interface Screen {
  view: Component;
  /** Scrolls its own regions instead of the page. */
  fixed?: boolean;
  /** The rail yields to its data. */
  narrow?: () => boolean;
}

/** The screen of each section. */
export const screens: Partial<Record<SectionId, Screen>> = {
  cases: { view: Cases },
  evidence: { view: Evidence, fixed: true },
  timeline: { view: Timeline, fixed: true, narrow: () => true },
  report: { view: Report, fixed: true },
  custody: { view: Custody, fixed: true },
};
