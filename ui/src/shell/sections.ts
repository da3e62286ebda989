import Archive from "@lucide/svelte/icons/archive";
import Briefcase from "@lucide/svelte/icons/briefcase";
import ChartGantt from "@lucide/svelte/icons/chart-gantt";
import FileText from "@lucide/svelte/icons/file-text";
import Link2 from "@lucide/svelte/icons/link-2";
import type { Component } from "svelte";
import type { SectionId } from "./router.svelte";

export interface Section {
  id: SectionId;
  title: string;
  icon: Component<{ class?: string }>;
  key: string;
}

/** In the order of the rail; every one but the first needs an open case. */
export const sections: readonly Section[] = [
  { id: "cases", title: "Cases", icon: Briefcase, key: "Ctrl+1" },
  { id: "evidence", title: "Evidence", icon: Archive, key: "Ctrl+2" },
  { id: "timeline", title: "Timeline", icon: ChartGantt, key: "Ctrl+3" },
  { id: "report", title: "Report", icon: FileText, key: "Ctrl+4" },
  { id: "custody", title: "Custody", icon: Link2, key: "Ctrl+5" },
];
