import { describe, expect, it, vi } from "vitest";
import { random } from "../../tests/random";
import { pieces, plainText } from "./evidence-text";
import { asFailure, diagnostics } from "./failure";
import { formatBytes, formatCount, formatDuration, formatShort } from "./numbers";

describe("numbers", () => {
  it("are exact, with separators", () => {
    expect(formatCount(9_812_334)).toBe("9,812,334");
    expect(formatCount("18446744073709551615")).toBe("18,446,744,073,709,551,615");
    expect(formatCount(-1234n)).toBe("-1,234");
    expect(formatCount(0)).toBe("0");
  });
  it("have units", () => {
    expect(formatBytes(999)).toBe("999 B");
    expect(formatBytes(4_823_112)).toBe("4.82 MB");
    expect(formatBytes(999_999)).toBe("1.00 MB");
    expect(formatBytes("4823112000")).toBe("4.82 GB");
    expect(formatBytes(91_200_310)).toBe("91.2 MB");
    expect(formatShort(8420)).toBe("8.42 k");
    expect(formatShort(0)).toBe("0");
    expect(formatDuration(0.12)).toBe("0.12 s");
    expect(formatDuration(112_320)).toBe("31 h 12 min");
    expect(formatDuration(1_036_800)).toBe("12 days");
  });
});

describe("evidence text", () => {
  it("names what is not seen and what reorders", () => {
    expect(plainText("rep\u202efdp.exe")).toBe("rep⟨U+202E⟩fdp.exe");
    expect(plainText("a\u0000b\tc\u200bd\u{e0041}")).toBe("a⟨U+0000⟩b⟨U+0009⟩c⟨U+200B⟩d⟨U+E0041⟩");
    expect(plainText("half \ud800 pair")).toBe("half ⟨U+D800⟩ pair");
  });
  it("leaves ordinary text of any script alone", () => {
    for (const text of ["", "plain", "Ünïcödé", "日本語", "שלום", "<b>&amp;</b>", "😀"]) expect(plainText(text)).toBe(text);
  });
  it("loses nothing", () => {
    const next = random(3);
    for (let round = 0; round < 200; round += 1) {
      const text = Array.from({ length: 20 }, () => String.fromCodePoint(Math.floor(next() * 0x3000))).join("");
      expect(pieces(text).map((piece) => piece.text).join("")).toBe(text);
    }
  });
});

describe("a failure", () => {
  it("keeps what the backend says, and only text", () => {
    expect(asFailure({ what: "no file", where: "byte 7", expected: "[", found: "{", next: "copy it again", code: "read", depth: 3 }))
      .toEqual({ what: "no file", where: "byte 7", expected: "[", found: "{", next: "copy it again", code: "read" });
  });
  it("shows unknown shapes as they are", () => {
    expect(asFailure({ odd: 1 }, "Opening the case")).toEqual({ what: "Opening the case", found: '{"odd":1}', doing: "Opening the case" });
    expect(asFailure(new Error("boom"))).toEqual({ what: "boom" });
    expect(asFailure("refused", "Sealing")).toEqual({ what: "Sealing", found: "refused", doing: "Sealing" });
    expect(asFailure(null)).toEqual({ what: "null", found: "null" });
  });
  it("copies what was done and its code, and nothing of evidence", () => {
    const failure = asFailure({ code: "io", message: "/cases/x/delivery/signins.json: permission denied", where: "signins.json, byte 7", found: "mara@example.org", stopped: false, in_query: [] }, "What was chosen could not be looked through");
    expect(failure.what).toContain("signins.json");
    expect(diagnostics(failure, "Vestige 0.1, linux")).toBe("doing: What was chosen could not be looked through\ncode: io\nbuild: Vestige 0.1, linux\nmessage: left out, it may name evidence");
    for (const thrown of ["/cases/x is gone", new Error("/cases/x is gone"), { path: "/cases/x" }]) expect(diagnostics(asFailure(thrown, "Sealing"), "")).toBe("doing: Sealing\ncode: none\nmessage: left out, it may name evidence");
  });
});

describe("a machine without a language", () => {
  it("does not stop the charts from loading", async () => {
    vi.spyOn(navigator, "language", "get").mockReturnValue("C");
    expect(() => new Intl.NumberFormat(navigator.language)).toThrow(RangeError);
    const { isUsable } = await import("./usable-locale");
    expect(isUsable("C")).toBe(false);
    expect(isUsable(navigator.language)).toBe(true);
  });
});
