export type Severity = "critical" | "high" | "medium" | "low" | "info";

/** Worst first. */
export const severities: readonly Severity[] = ["critical", "high", "medium", "low", "info"];

export const severityTitle = (severity: Severity): string => severity.charAt(0).toUpperCase() + severity.slice(1);
