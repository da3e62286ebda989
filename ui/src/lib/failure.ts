/** What went wrong, in the order in which a person needs it. */
export interface Failure {
  /** One sentence: what could not be done. */
  what: string;
  /** File, member, byte, column, entry. */
  where?: string;
  expected?: string;
  found?: string;
  /** What the person can do now. */
  next?: string;
  /** Stable name of the error, for support. */
  code?: string;
  /** The window's own words for what was being done; they name no evidence. */
  doing?: string;
}

const texts = ["where", "expected", "found", "next", "code"] as const;

function told(thrown: unknown, doing?: string): Failure {
  if (typeof thrown === "string") return { what: doing ?? thrown, ...(doing ? { found: thrown } : {}) };
  if (thrown instanceof Error) return { what: doing ?? thrown.message, ...(doing ? { found: thrown.message } : {}) };
  if (typeof thrown !== "object" || thrown === null) return { what: doing ?? String(thrown), found: String(thrown) };
  const fields = thrown as Record<string, unknown>;
  const what = fields["what"] ?? fields["message"];
  if (typeof what !== "string") return { what: doing ?? "The call was refused", found: JSON.stringify(thrown) };
  const failure: Failure = { what };
  for (const name of texts) if (typeof fields[name] === "string") failure[name] = fields[name];
  return failure;
}

/** Turns whatever a rejected call threw into a failure; nothing is lost, unknown shapes are shown as they are. */
export const asFailure = (thrown: unknown, doing?: string): Failure => ({ ...told(thrown, doing), ...(doing ? { doing } : {}) });

/** Plain text for a support request. What the host said may name files and values of the evidence: it stays out. */
export function diagnostics(failure: Failure, build: string): string {
  const lines = [["doing", failure.doing], ["code", failure.code ?? "none"], ["build", build]];
  return [...lines.filter(([, value]) => value).map(([name, value]) => `${name}: ${value}`), "message: left out, it may name evidence"].join("\n");
}
