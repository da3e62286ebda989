// Measures in the page itself. `later` is the function that WebDriver waits for.
const [what, ...rest] = arguments;
const later = rest.pop();
const now = () => performance.now();
const painted = () => new Promise((done) => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => done(now());
  channel.port2.postMessage(null);
}));
const until = async (holds) => {
  while (!holds()) await painted();
  return painted();
};
const grid = () => document.querySelector("[role=grid]");
const drawn = () => grid()?.querySelector("[role=row]") != null && grid().querySelector("[aria-busy=true]") == null
  && grid().querySelector("[role=row][aria-rowindex]") != null;

// How long the page's thread was kept from a timer of no delay: what a person feels as a hang.
function watch() {
  const longest = { ms: 0 };
  let last = now(), going = true;
  const beat = () => {
    const at = now();
    longest.ms = Math.max(longest.ms, at - last);
    last = at;
    if (going) setTimeout(beat, 0);
  };
  setTimeout(beat, 0);
  return () => ((going = false), longest.ms);
}

async function open() {
  const button = [...document.querySelectorAll("button")].find((one) => one.textContent.trim().startsWith("Open the case"));
  const ended = watch(), begun = now();
  button.click();
  const ready = await until(() => drawn() && document.querySelector(".result .count b") != null);
  const ms = ready - begun;
  const histogram = (await until(() => document.querySelector(".hist canvas, .uplot canvas") != null)) - begun;
  return { ms, histogram, longest: ended() };
}

async function rows(times) {
  const all = [], scroller = grid(), ended = watch();
  let seed = 7;
  for (let at = 0; at < times; at += 1) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    const before = scroller.querySelector("[role=row][aria-rowindex]:not([aria-rowindex='1'])")?.getAttribute("aria-rowindex");
    const begun = now();
    scroller.scrollTop = (seed / 2147483648) * (scroller.scrollHeight - scroller.clientHeight);
    const moved = () => scroller.querySelector("[role=row][aria-rowindex]:not([aria-rowindex='1'])")?.getAttribute("aria-rowindex") !== before;
    all.push((await until(() => moved() && drawn())) - begun);
  }
  return { all, longest: ended() };
}

// Keys that WebDriver presses are timed from the event's own time to the frame after it.
function listen() {
  const first = window.vestigeKeys === undefined;
  const state = Object.assign((window.vestigeKeys ??= {}), { all: [], ended: watch() });
  if (first) window.addEventListener("keydown", (event) => {
    const begun = event.timeStamp;
    void painted().then((at) => state.all.push(at - begun));
  }, { capture: true });
  return true;
}
const keys = () => ({ all: window.vestigeKeys.all.splice(0), longest: window.vestigeKeys.ended() });

Promise.resolve({ open, rows, listen, keys }[what](...rest)).then(later, (error) => later({ error: String(error) }));
