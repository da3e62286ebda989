import type { Severity } from "../components/severity";

export interface CaseName {
  title: string;
  reference?: string;
  severity?: Severity;
  /** IANA name of the case's zone. */
  zone: string;
}

/** What the last verification of the chain said. */
export type Custody =
  | { state: "none" }
  | { state: "checking" }
  | { state: "verified"; detail?: string }
  | { state: "warning"; title: string; detail?: string }
  | { state: "failed"; title: string; detail?: string };

export interface Job {
  id: string;
  title: string;
  /** In the unit of `total`; null while it is not known. */
  done: number;
  total: number | null;
  /** `184 MB/s` */
  rate?: string;
  etaSeconds?: number;
  cancel?: () => void;
}

/** What the case bar, the rail and the status line show; the screens write it. */
export interface CaseState {
  open: CaseName | null;
  custody: Custody;
  jobs: Job[];
  examiner: { name: string; role: string } | null;
  /** Figures beside the rail's sections. */
  counts: Partial<Record<string, { text: string; hot?: boolean }>>;
  /** Facts in the status line, for instance `14 evidence items`. */
  facts: string[];
}

export const caseState: CaseState = $state({
  open: null, custody: { state: "none" }, jobs: [], examiner: null, counts: {}, facts: [],
});
