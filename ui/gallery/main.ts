// Every component in every state, with invented data and no host. Not part of the product's build.
// Address: ?view=components|timeline|empty|screen & theme=dark|light & size=100..150 & density=comfortable
import { mount } from "svelte";
import "../src/app.css";
import { preferences } from "../src/lib/preferences.svelte";
import Gallery from "./Gallery.svelte";
import Screen from "./Screen.svelte";

const wanted = new URLSearchParams(location.search);
preferences.theme = wanted.get("theme") === "light" ? "light" : "dark";
preferences.density = wanted.get("density") === "comfortable" ? "comfortable" : "compact";
preferences.textSize = Number(wanted.get("size") ?? 100);

const target = document.getElementById("app");
const view = wanted.get("view") ?? "components";
if (target && view === "screen") mount(Screen, { target });
else if (target) mount(Gallery, { target, props: { view } });
