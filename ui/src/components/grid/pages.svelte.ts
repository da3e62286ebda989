import { SvelteMap } from "svelte/reactivity";

export const PAGE = 200;
const KEPT = 40;

/** Rows from `offset`, at most `limit`; the signal tells that nobody waits any more. */
export interface FetchRows<Row> {
  (offset: number, limit: number, signal: AbortSignal): Promise<Row[]>;
  /** Pages that are here already, by number: a result is shown with its first rows, never blank before them. */
  known?: ReadonlyMap<number, readonly Row[]>;
}

/** Pages of rows: asked for when they are needed, given up when the view has moved on, the oldest forgotten. */
export class Pages<Row> {
  #fetch: FetchRows<Row>;
  #loaded: SvelteMap<number, readonly Row[]>;
  #asked = new Map<number, AbortController>();
  #used = new Map<number, number>();
  #clock = 0;
  #refreshing: AbortController | null = null;
  /** Why the last page could not be had. */
  failure: unknown = $state.raw(null);

  constructor(fetch: FetchRows<Row>) {
    this.#fetch = fetch;
    this.#loaded = new SvelteMap(fetch.known ?? []);
  }

  /** The row, or undefined while its page is not here. */
  row(index: number): Row | undefined {
    return this.#loaded.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Asks for the pages of rows `from` to `to` (exclusive) and gives up the others that are under way. */
  need(from: number, to: number, total: number): void {
    const first = Math.floor(from / PAGE);
    const last = Math.floor(Math.max(from, Math.min(to, total) - 1) / PAGE);
    for (const [page, request] of this.#asked) if (page < first || page > last) this.#giveUp(page, request);
    if (total <= 0) return;
    for (let page = first; page <= last; page += 1) this.#want(page, Math.min(PAGE, total - page * PAGE));
  }

  #giveUp(page: number, request: AbortController): void {
    request.abort();
    this.#asked.delete(page);
  }

  /** A page that was the last one may have got more rows since, while an import runs. */
  #want(page: number, rows: number): void {
    this.#used.set(page, ++this.#clock);
    if ((this.#loaded.get(page)?.length ?? -1) >= rows || this.#asked.has(page)) return;
    const request = new AbortController();
    this.#asked.set(page, request);
    this.#fetch(page * PAGE, PAGE, request.signal).then(
      (rows) => this.#arrive(page, request, rows),
      (error: unknown) => this.#fail(page, request, error),
    );
  }

  #arrive(page: number, request: AbortController, rows: Row[]): void {
    if (request.signal.aborted || this.#asked.get(page) !== request) return;
    this.#asked.delete(page);
    this.#loaded.set(page, rows);
    this.failure = null;
    this.#forget();
  }

  #fail(page: number, request: AbortController, error: unknown): void {
    if (request.signal.aborted || this.#asked.get(page) !== request) return;
    this.#asked.delete(page);
    this.failure = error;
  }

  #forget(): void {
    if (this.#loaded.size <= KEPT) return;
    const oldest = [...this.#loaded.keys()].sort((a, b) => (this.#used.get(a) ?? 0) - (this.#used.get(b) ?? 0));
    for (const page of oldest.slice(0, this.#loaded.size - KEPT)) {
      this.#loaded.delete(page);
      this.#used.delete(page);
    }
  }

  /** Rows of a range, from here or from the source; for selecting more than what is drawn. */
  async range(from: number, to: number, signal: AbortSignal): Promise<Row[]> {
    const rows: Row[] = [];
    for (let page = Math.floor(from / PAGE); page <= Math.floor((to - 1) / PAGE); page += 1) {
      const here = this.#loaded.get(page) ?? (await this.#fetch(page * PAGE, PAGE, signal));
      signal.throwIfAborted();
      rows.push(...here.slice(Math.max(0, from - page * PAGE), Math.max(0, to - page * PAGE)));
    }
    return rows;
  }

  /** Puts changed rows in the place of those that are loaded (a tag was set); the order stays. */
  change(edit: (row: Row) => Row): void {
    for (const [page, rows] of this.#loaded) this.#loaded.set(page, rows.map(edit));
  }

  /** Reads the pages of rows `from` to `to` again and forgets the others; what is shown stays until the new rows are here. */
  async refresh(from: number, to: number): Promise<void> {
    const [first, last] = [Math.floor(from / PAGE), Math.floor(Math.max(from, to - 1) / PAGE)];
    const near = [...this.#loaded.keys()].filter((page) => page >= first && page <= last);
    for (const page of [...this.#loaded.keys()]) if (!near.includes(page)) this.#loaded.delete(page);
    const request = (this.#refreshing?.abort(), (this.#refreshing = new AbortController()));
    try {
      const read = await Promise.all(near.map((page) => this.#fetch(page * PAGE, PAGE, request.signal)));
      if (request.signal.aborted) return;
      near.forEach((page, at) => this.#loaded.set(page, read[at] ?? []));
    } catch (error) {
      if (!request.signal.aborted) this.failure = error;
    }
  }

  stop(): void {
    this.#refreshing?.abort();
    for (const [page, request] of this.#asked) this.#giveUp(page, request);
  }
}
