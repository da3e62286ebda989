import { screen, waitFor } from "@testing-library/svelte";

/**
 * An open menu, list or popover. Without layout the positioning library thinks that its button is out of sight and
 * hides it; it is shown again, so that roles are found and axe looks at it.
 */
export async function openLayer(role: string, name?: string): Promise<HTMLElement> {
  return waitFor(() => {
    for (const wrapper of document.querySelectorAll<HTMLElement>("[data-bits-floating-content-wrapper]")) {
      wrapper.style.visibility = "visible";
    }
    return screen.getByRole(role, name === undefined ? undefined : { name });
  });
}
