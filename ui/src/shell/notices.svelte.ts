import { untrack } from "svelte";

export interface Notice {
  id: number;
  kind: "done" | "warning";
  title: string;
  sub?: string;
  /** For instance Undo or Show. */
  act?: { label: string; run: () => void };
}

/** Short news of what was done. A failed check is never a notice: it stays in its place, red. */
export class Notices {
  list: Notice[] = $state.raw([]);
  #next = 1;

  /** Shows a notice; one without an action leaves by itself after `seconds`. */
  add(notice: Omit<Notice, "id">, seconds = 8): number {
    const id = this.#next++;
    this.list = [...untrack(() => this.list), { ...notice, id }].slice(-4);
    if (!notice.act) setTimeout(() => this.remove(id), seconds * 1000);
    return id;
  }

  done = (title: string, sub?: string) => this.add({ kind: "done", title, sub });

  remove(id: number): void {
    this.list = untrack(() => this.list).filter((notice) => notice.id !== id);
  }
}

export const notices = new Notices();
