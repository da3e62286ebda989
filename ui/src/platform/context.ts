import { getContext, setContext } from "svelte";
import type { Platform } from "./types";

const key = Symbol("platform");

/** Gives the platform to a tree of components; the test or `main.ts` chooses which. */
export const providePlatform = (platform: Platform): Platform => setContext(key, platform);

export function usePlatform(): Platform {
  const platform = getContext<Platform | undefined>(key);
  if (!platform) throw new Error("no platform was provided above this component");
  return platform;
}

/** For components that also work without a host (a copy button in a test). */
export const maybePlatform = (): Platform | undefined => getContext<Platform | undefined>(key);
