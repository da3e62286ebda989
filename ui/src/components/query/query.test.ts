import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { EditorView } from "@codemirror/view";
import { describe, expect, it, vi } from "vitest";
import { expectAccessible } from "../../../tests/axe";
import { shownSpan } from "./editor";
import QueryBox from "./QueryBox.svelte";

function show(props: Record<string, unknown> = {}) {
  const onrun = vi.fn();
  const result = render(QueryBox, { value: "", onrun, ...props });
  const box = screen.getByRole("textbox");
  const view = EditorView.findFromDOM(box);
  if (!view) throw new Error("no editor");
  return { onrun, box, view, user: userEvent.setup(), ...result };
}
const type = (view: EditorView, text: string) =>
  view.dispatch({ changes: { from: view.state.selection.main.head, insert: text }, selection: { anchor: view.state.selection.main.head + text.length }, userEvent: "input.type" });
const coloured = (container: Element) =>
  [...container.querySelectorAll(".s-f, .s-o, .s-s, .s-n, .s-k")].map((span) => `${span.className.slice(-1)}:${span.textContent}`);

describe("colours", () => {
  it("follow the language, with ARNs, addresses and times as values", () => {
    const value = 'service:s3 NOT src.ip:10.0.0.0/8 actor.id:arn:aws:iam::1:role/x time:[2026-11-01 TO *] (a OR "b c") dst.port:>443';
    const { container } = show({ value });
    expect(coloured(container)).toEqual([
      "f:service", "o::", "s:s3", "k:NOT", "f:src.ip", "o::", "n:10.0.0.0/8", "f:actor.id", "o::", "s:arn:aws:iam::1:role/x",
      "f:time", "o::[", "n:2026-11-01", "k:TO", "o:]", "o:(", "k:OR", 's:"b c"', "o:)", "f:dst.port", "o::>", "n:443",
    ]);
  });
});

describe("QueryBox", () => {
  it("runs with Enter and keeps to one line", async () => {
    const { onrun, box, view, user } = show();
    box.focus();
    type(view, "cloud:aws");
    await user.keyboard("{Enter}");
    expect(onrun).toHaveBeenCalledExactlyOnceWith("cloud:aws");
    type(view, "\na\nb");
    expect(view.state.doc.lines).toBe(1);
    expect(view.state.doc.toString()).toBe("cloud:aws a b");
    await expectAccessible();
  });

  it("marks errors in place and says what would be right", async () => {
    const { box, container, user, view } = show({ value: "time:x acton:Stop*", errors: [{ from: 7, to: 12, message: "no field named acton", hint: "Did you mean action?" }] });
    expect(container.querySelector(".s-e")?.textContent).toBe("acton");
    expect(box.getAttribute("aria-invalid")).toBe("true");
    expect(document.getElementById(box.getAttribute("aria-describedby") ?? "")?.textContent?.replace(/\s+/g, " ")).toContain("Column 8: no field named acton. Did you mean action?");
    await user.click(screen.getByRole("button", { name: "Column 8" }));
    expect([view.state.selection.main.from, view.state.selection.main.to]).toEqual([7, 12]);
    await expectAccessible();
  });

  it("marks at least one character, within the text", () => {
    const error = (from: number, to: number) => ({ from, to, message: "" });
    expect(shownSpan(error(3, 3), 3)).toEqual({ from: 2, to: 3 });
    expect(shownSpan(error(0, 99), 4)).toEqual({ from: 0, to: 4 });
    expect(shownSpan(error(0, 0), 0)).toBeNull();
  });

  it("walks through history and comes back to what was being written", async () => {
    const { box, view, user } = show({ history: ["one", "two"] });
    box.focus();
    type(view, "draft");
    await user.keyboard("{ArrowUp}");
    expect(view.state.doc.toString()).toBe("two");
    await user.keyboard("{ArrowUp}{ArrowUp}");
    expect(view.state.doc.toString()).toBe("one");
    await user.keyboard("{ArrowDown}{ArrowDown}");
    expect(view.state.doc.toString()).toBe("draft");
  });

  it("completes: Tab takes, Enter still runs", async () => {
    const complete = vi.fn(async (text: string, at: number) => ({ from: at - text.length, options: [{ label: "action", detail: "field" }, { label: "actor" }] }));
    const { box, view, user, onrun, container } = show({ complete });
    box.focus();
    type(view, "act");
    await waitFor(() => expect(container.querySelectorAll(".cm-tooltip-autocomplete li")).toHaveLength(2));
    expect(complete).toHaveBeenCalledWith("act", 3, expect.any(AbortSignal));
    await new Promise((done) => setTimeout(done, 100)); // a suggestion is not taken by a key that was on its way
    await user.keyboard("{ArrowDown}{Tab}");
    expect(view.state.doc.toString()).toBe("actor");
    await user.keyboard("{Enter}");
    expect(onrun).toHaveBeenCalledExactlyOnceWith("actor");
  });

  it("closes suggestions with Esc first, then leaves", async () => {
    const onleave = vi.fn();
    const { box, view, user, container } = show({ onleave, complete: async () => ({ from: 0, options: [{ label: "action" }] }) });
    box.focus();
    type(view, "a");
    await waitFor(() => expect(container.querySelector(".cm-tooltip-autocomplete li")).toBeTruthy());
    await user.keyboard("{Escape}");
    expect(container.querySelector(".cm-tooltip-autocomplete")).toBeNull();
    expect(onleave).not.toHaveBeenCalled();
    await user.keyboard("{Escape}");
    expect(onleave).toHaveBeenCalledOnce();
    expect(document.activeElement).not.toBe(box);
  });

  it("takes a value from outside without telling it back", async () => {
    const onchange = vi.fn();
    const { view, rerender } = show({ value: "a", onchange });
    await rerender({ value: "b:c" });
    expect(view.state.doc.toString()).toBe("b:c");
    expect(onchange).not.toHaveBeenCalled();
  });
});
