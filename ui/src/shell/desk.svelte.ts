// What the window knows besides the case: the program, its open dialogs, what waits for a case.
import type { Failure } from "../lib/failure";
import type { About, Chosen } from "../platform/bindings";

interface Desk {
  about: About | null;
  dialog: "settings" | "about" | null;
  /** The form of a new case is open. */
  newCase: boolean;
  /** Evidence that was given or dropped while no case was open. */
  waiting: Chosen | null;
  /** What went wrong while the window started; stays until it is closed. */
  failures: Failure[];
}

export const desk: Desk = $state({ about: null, dialog: null, newCase: false, waiting: null, failures: [] });
