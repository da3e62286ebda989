import { untrack } from "svelte";
import { isTyping, keyName, modalOpen } from "./keys";

export interface Action {
  /** Stable name, for instance `timeline.filter-for`. */
  id: string;
  title: string;
  /** Heading in the palette and in the keys overlay. */
  group?: string;
  /** See keys.ts for the way to write them. Without a key the palette alone reaches the action. */
  keys?: readonly string[];
  /** Whether it can run now; the palette hides what cannot. */
  when?: () => boolean;
  /** Also runs while a modal dialog is open. */
  modal?: boolean;
  /** Not in the palette (moving through a list and the like); still in the keys overlay. */
  hidden?: boolean;
  /** Left out where a component handles the key itself while it has the focus: then the keys overlay only lists it. */
  run?: () => void | Promise<void>;
}

// What editors do with Ctrl; an action on one of these would take a key from a person who types.
const editing = new Set(["A", "C", "V", "X", "Y", "Z", "Left", "Right", "Up", "Down", "Home", "End", "Backspace", "Delete"].map((key) => `Ctrl+${key}`));

/** While typing only keys with Ctrl, function keys and nothing else are heard. */
const heardWhileTyping = (key: string): boolean => /^(Ctrl\+|F\d)/.test(key);

export class Actions {
  #groups: Action[][] = $state.raw([]);
  /** What an action that was run threw. */
  onerror: (error: unknown, action: Action) => void = (error) => {
    throw error;
  };

  /** Adds actions until the returned function is called: `$effect(() => actions.register([...]))`. */
  register(added: Action[]): () => void {
    for (const { id, keys } of added) {
      const taken = keys?.find((key) => editing.has(key));
      if (taken) throw new Error(`${id}: ${taken} belongs to text editing`);
    }
    // Registering from an effect must not make that effect depend on the registry.
    this.#groups = [...untrack(() => this.#groups), added];
    return () => {
      this.#groups = untrack(() => this.#groups).filter((group) => group !== added);
    };
  }

  /** Everything registered; the innermost (last) comes first. */
  get all(): Action[] {
    return this.#groups.toReversed().flat();
  }

  get available(): Action[] {
    return this.all.filter((action) => action.when?.() ?? true);
  }

  find(id: string): Action | undefined {
    return this.all.find((action) => action.id === id);
  }

  async run(action: Action): Promise<void> {
    try {
      await action.run?.();
    } catch (error) {
      this.onerror(error, action);
    }
  }

  /** Handles a key that nobody nearer took. Returns true if an action ran. */
  handle(event: KeyboardEvent): boolean {
    if (event.defaultPrevented || event.isComposing) return false;
    const key = keyName(event);
    if (isTyping(event) && !heardWhileTyping(key)) return false;
    const blocked = modalOpen();
    const action = this.available.find((one) => one.run && one.keys?.includes(key) && (!blocked || one.modal));
    if (!action) return false;
    event.preventDefault();
    void this.run(action);
    return true;
  }
}

export const actions = new Actions();
