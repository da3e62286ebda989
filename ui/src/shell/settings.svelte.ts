// Settings of this installation: kept by the host, applied to the window, saved when they change.
import { preferences } from "../lib/preferences.svelte";
import type { Density, Theme } from "../lib/preferences.svelte";
import type { ZoneView } from "../lib/time";
import { zones } from "../lib/zones.svelte";
import type { Settings } from "../platform/bindings";
import type { Platform } from "../platform/types";

const oneOf = <T extends string>(word: string, words: readonly T[], otherwise: T): T => words.find((one) => one === word) ?? otherwise;

/** What the host keeps; null until it was read. */
export const settings: { kept: Settings | null } = $state({ kept: null });

function apply(kept: Settings): void {
  preferences.theme = oneOf<Theme>(kept.theme, ["system", "dark", "light"], "system");
  preferences.density = oneOf<Density>(kept.density, ["compact", "comfortable"], "compact");
  preferences.textSize = kept.text_size;
  zones.view = oneOf<ZoneView>(kept.zone, ["utc", "case", "source"], "utc");
}

export async function loadSettings(platform: Platform): Promise<void> {
  const kept = await platform.call("settings", {});
  apply(kept);
  settings.kept = kept;
}

/** Changes some settings and saves them; what is not named stays. */
export async function changeSettings(platform: Platform, change: Partial<Settings>): Promise<void> {
  if (!settings.kept) return;
  const wanted = { ...$state.snapshot(settings.kept), ...change };
  settings.kept = wanted;
  await platform.call("save_settings", wanted);
}

/** What the window shows now, where it differs from what is kept. */
export function lookChanges(): Partial<Settings> | null {
  const { kept } = settings;
  const now = { theme: preferences.theme, density: preferences.density, text_size: preferences.textSize, zone: zones.view };
  if (!kept) return null;
  const same = kept.theme === now.theme && kept.density === now.density && kept.text_size === now.text_size && kept.zone === now.zone;
  return same ? null : now;
}
