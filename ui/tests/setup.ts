// What jsdom lacks and the components need.
import { cleanup } from "@testing-library/svelte";
import { afterEach, vi } from "vitest";

afterEach(() => cleanup());

class Observer {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
vi.stubGlobal("ResizeObserver", Observer);
vi.stubGlobal("IntersectionObserver", Observer);
vi.stubGlobal("Path2D", class { addPath(): void {} rect(): void {} moveTo(): void {} lineTo(): void {} arcTo(): void {} closePath(): void {} });
vi.stubGlobal("matchMedia", (query: string) => ({
  matches: query.includes("dark"), media: query, addEventListener() {}, removeEventListener() {}, addListener() {}, removeListener() {},
}));

Element.prototype.scrollIntoView = () => {};
Element.prototype.getAnimations ??= () => [];
Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
Range.prototype.getBoundingClientRect = () => new DOMRect();

// The charts draw into a canvas that jsdom does not have; their words and keys are what is tested here.
const canvas = new Proxy({}, { get: (_, name) => (name === "measureText" ? () => ({ width: 10 }) : () => undefined), set: () => true });
HTMLCanvasElement.prototype.getContext = (() => canvas) as never;
