export type Theme = "system" | "dark" | "light";
export type Density = "compact" | "comfortable";

export interface Stored {
  theme: Theme;
  density: Density;
  /** Percent, 100 to 150. */
  textSize: number;
}

const key = "vestige.preferences";
const initial: Stored = { theme: "system", density: "compact", textSize: 100 };

const within = (size: number) => Math.min(150, Math.max(100, Math.round(size / 10) * 10));

function read(): Stored {
  try {
    const stored = JSON.parse(localStorage.getItem(key) ?? "{}") as Partial<Stored>;
    const theme = stored.theme === "dark" || stored.theme === "light" ? stored.theme : "system";
    const density = stored.density === "comfortable" ? "comfortable" : "compact";
    return { theme, density, textSize: within(Number(stored.textSize) || 100) };
  } catch {
    return { ...initial };
  }
}

/** The person's choices about looks; remembered on this machine, never in a case. */
export class Preferences {
  theme: Theme = $state(initial.theme);
  density: Density = $state(initial.density);
  #textSize = $state(initial.textSize);
  #systemDark = $state(true);

  constructor() {
    const stored = read();
    this.theme = stored.theme;
    this.density = stored.density;
    this.#textSize = stored.textSize;
    if (typeof matchMedia !== "function") return;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    this.#systemDark = dark.matches;
    dark.addEventListener("change", (event) => (this.#systemDark = event.matches));
  }

  get textSize(): number {
    return this.#textSize;
  }
  set textSize(size: number) {
    this.#textSize = within(size);
  }

  /** The theme that is seen. */
  get shown(): "dark" | "light" {
    if (this.theme !== "system") return this.theme;
    return this.#systemDark ? "dark" : "light";
  }

  toggleTheme(): void {
    this.theme = this.shown === "dark" ? "light" : "dark";
  }

  /** Height of a grid row in CSS pixels; the same as `--row-h`. */
  get rowHeight(): number {
    return ((this.density === "compact" ? 24 : 32) * this.textSize) / 100;
  }

  /** Writes the choices to the root element and remembers them; call inside an effect. */
  apply(root: HTMLElement = document.documentElement): void {
    root.dataset["theme"] = this.shown;
    root.dataset["density"] = this.density;
    root.style.setProperty("--text-scale", String(this.textSize / 100));
    const stored: Stored = { theme: this.theme, density: this.density, textSize: this.textSize };
    try {
      localStorage.setItem(key, JSON.stringify(stored));
    } catch {
      // Storage can be full or forbidden; the choice then lasts as long as the window.
    }
  }
}

export const preferences = new Preferences();
