// The evidence as the table shows it: words and order are asked of the host, rows come by pages. The newest question
// wins; what is shown stays until its answer is here.
import { PAGE, type FetchRows } from "../../components/grid/pages.svelte";
import { asFailure, type Failure } from "../../lib/failure";
import type { EvidencePage, EvidenceRow } from "../../platform/bindings";
import type { Platform } from "../../platform/types";

export interface Sort {
  column: string;
  down: boolean;
}

export interface Asked {
  /** The case; rows of another one are not shown for a moment longer. */
  of: string | null;
  filter: string;
  sort: Sort | null;
  /** Counts the changes of the evidence: the same words may find other rows after one. */
  change: number;
}

/** After this long without a key what was typed is asked for. */
const TYPING = 120;

export class Listing {
  readonly #platform: Platform;
  #turn = 0;
  #newest: Asked | null = null;
  /** What the rows that are shown answer. */
  asked: Asked | null = $state.raw(null);
  /** Counts and sums as the host told them last. */
  head: EvidencePage | null = $state.raw(null);
  rows: FetchRows<EvidenceRow> | null = $state.raw(null);
  failure: Failure | null = $state.raw(null);
  asking = $state(false);

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Asks, a moment later where words are typed. Gives what takes it back while nothing was asked yet. */
  want(asked: Asked): () => void {
    const newest = this.#newest;
    if (newest && JSON.stringify(newest) === JSON.stringify(asked)) return () => {};
    const elsewhere = newest?.of !== asked.of;
    if (elsewhere) Object.assign(this, { asked: null, head: null, rows: null });
    if (elsewhere || newest.filter === asked.filter) {
      void this.ask(asked);
      return () => {};
    }
    const timer = setTimeout(() => void this.ask(asked), TYPING);
    return () => clearTimeout(timer);
  }

  /** Asks again what could not be answered. */
  retry = (): Promise<void> => (this.#newest ? this.ask(this.#newest) : Promise.resolve());

  async ask(asked: Asked): Promise<void> {
    const turn = ++this.#turn;
    const current = () => turn === this.#turn;
    this.#newest = asked;
    this.asking = true;
    if (!this.head) this.failure = null;
    try {
      const head = await this.#read(asked, 0, PAGE);
      if (!current()) return;
      const rows = this.#source(asked);
      rows.known = new Map([[0, head.rows]]);
      Object.assign(this, { asked, head, rows, failure: null });
    } catch (error) {
      if (current()) this.failure = asFailure(error, "The evidence of the case could not be read");
    } finally {
      if (current()) this.asking = false;
    }
  }

  /** Nobody looks any more. */
  leave(): void {
    this.#turn += 1;
  }

  #read({ filter, sort }: Asked, offset: number, limit: number): Promise<EvidencePage> {
    return this.#platform.call("evidence", { filter, sort: sort?.column ?? null, down: sort?.down ?? false, offset, limit });
  }

  #source(asked: Asked): FetchRows<EvidenceRow> {
    const rows: FetchRows<EvidenceRow> = async (offset, limit) => {
      const page = await this.#read(asked, offset, limit);
      // An import that runs adds rows meanwhile.
      if (this.rows === rows) this.head = page;
      return page.rows;
    };
    return rows;
  }
}
