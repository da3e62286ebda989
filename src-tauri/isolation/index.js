// Every message of the page passes here before it reaches Rust: only `{ input, call }` goes on,
// whatever ran in the page.
window.__TAURI_ISOLATION_HOOK__ = (message) => {
  const body = message.payload;
  const plain = typeof body === "object" && body !== null && !Array.isArray(body);
  if (typeof message.cmd !== "string" || !plain) throw new Error("refused");
  if (message.cmd.startsWith("plugin:event|")) return message;
  if (!/^[a-z_]+$/.test(message.cmd)) throw new Error("refused");
  const known = Object.keys(body).every((key) => key === "input" || key === "call");
  if (!known) throw new Error("refused");
  return message;
};
