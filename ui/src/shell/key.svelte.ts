// The examiner's signing key as the window knows it.
import type { KeyView } from "../platform/bindings";
import type { Platform } from "../platform/types";

export type KeyState = "unknown" | "none" | "locked" | "unlocked";

export const signingKey: { view: KeyView | null; dialog: "make" | "unlock" | null; skipped: boolean } = $state({ view: null, dialog: null, skipped: false });

export function keyState(): KeyState {
  const { view } = signingKey;
  if (!view) return "unknown";
  if (view.vkey === null) return "none";
  return view.unlocked ? "unlocked" : "locked";
}

export async function refreshKey(platform: Platform): Promise<void> {
  signingKey.view = await platform.call("key", {});
}

export async function lockKey(platform: Platform): Promise<void> {
  signingKey.view = await platform.call("lock_key", {});
}
