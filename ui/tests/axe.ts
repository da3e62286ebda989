import axe from "axe-core";
import { expect } from "vitest";

/** No violation in either theme. Contrast needs pixels, which jsdom does not have: the design measures it. */
export async function expectAccessible(root: Element = document.body): Promise<void> {
  for (const theme of ["dark", "light"]) {
    document.documentElement.dataset["theme"] = theme;
    document.documentElement.lang = "en";
    const { violations } = await axe.run(root, {
      rules: { "color-contrast": { enabled: false }, region: { enabled: false }, "page-has-heading-one": { enabled: false } },
    });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`)).toEqual([]);
  }
}
