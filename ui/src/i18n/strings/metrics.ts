/**
 * Names of charts and metrics. In English they are those of the families' rows
 * (agent/wire/families); other languages translate them here by the English title and by metric.
 */
const untranslated: Readonly<Record<string, string>> = {}

export const metrics = {
  charts: untranslated,
  labels: untranslated,
  /** What `device-counts` counts. */
  counts: untranslated,
  inUnit: (title: string, unit: string): string =>
    `${title}, ${unit === "state" ? "status" : unit}`,
  /** A sensor that only says whether something works. */
  state: { ok: "OK", failed: "Failed" },
} as const
