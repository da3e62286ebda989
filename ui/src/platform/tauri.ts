// The only file that imports @tauri-apps/*.
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { open, save } from "@tauri-apps/plugin-dialog";
import type { FileDrop, Platform, Stop } from "./types";

/** Registration is asynchronous; stopping before it is done must still stop. */
function stopLater(registered: Promise<Stop>): Stop {
  return () => void registered.then((stop) => stop());
}

type DragPayload =
  | { type: "enter" | "over"; position: { x: number; y: number } }
  | { type: "drop"; position: { x: number; y: number }; paths: string[] }
  | { type: "leave" };

function asDrop(payload: DragPayload): FileDrop {
  if (payload.type === "leave") return { kind: "leave" };
  const at = { x: payload.position.x / devicePixelRatio, y: payload.position.y / devicePixelRatio };
  return payload.type === "drop" ? { kind: "drop", ...at, paths: payload.paths } : { kind: "over", ...at };
}

export const tauri: Platform = {
  call: (name, input) => invoke(name, { input }),
  listen: (name, hear) => stopLater(listen(name, (event) => hear(event.payload as never))),
  async pickFiles({ title, folder, multiple, filters }) {
    const chosen = await open({ title, directory: folder, multiple: multiple ?? false, filters });
    if (chosen === null) return [];
    return Array.isArray(chosen) ? chosen : [chosen];
  },
  pickSave: ({ title, suggested, filters }) => save({ title, defaultPath: suggested, filters }),
  onFileDrop: (hear) =>
    stopLater(getCurrentWebview().onDragDropEvent((event) => hear(asDrop(event.payload as DragPayload)))),
  copy: (text) => navigator.clipboard.writeText(text),
};
