import { untrack } from "svelte";

export type SectionId = "cases" | "evidence" | "timeline" | "report" | "custody";

export type Params = Readonly<Record<string, string>>;

export interface Place {
  section: SectionId;
  params: Params;
}

const same = (a: Place, b: Place) => a.section === b.section && JSON.stringify(a.params) === JSON.stringify(b.params);

/** Where the person is, and where they were: plain state, no addresses. */
export class Router {
  #places: Place[] = $state.raw([{ section: "cases", params: {} }]);
  #at = $state(0);

  get place(): Place {
    return this.#places[this.#at] ?? { section: "cases", params: {} };
  }
  get section(): SectionId {
    return this.place.section;
  }
  get params(): Params {
    return this.place.params;
  }
  get canBack(): boolean {
    return this.#at > 0;
  }
  get canForward(): boolean {
    return this.#at < this.#places.length - 1;
  }

  go(section: SectionId, params: Params = {}): void {
    const place = { section, params };
    untrack(() => {
      if (same(place, this.place)) return;
      this.#places = [...this.#places.slice(0, this.#at + 1), place].slice(-100);
      this.#at = this.#places.length - 1;
    });
  }

  /** Changes the present place without a step of history. */
  replace(params: Params): void {
    untrack(() => (this.#places = this.#places.with(this.#at, { section: this.section, params })));
  }

  back(): void {
    if (this.canBack) this.#at -= 1;
  }
  forward(): void {
    if (this.canForward) this.#at += 1;
  }

  /** Forgets the way here: places of a case mean nothing when another one opens. */
  reset(section: SectionId = "cases"): void {
    this.#places = [{ section, params: {} }];
    this.#at = 0;
  }
}

export const router = new Router();
