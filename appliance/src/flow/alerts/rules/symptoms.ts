/** What degraded links and devices show, as far as rules measure it. */
export const DEGRADATION_SYMPTOMS = [
  "loss",
  "latency",
  "errors",
  "drops",
  "load",
  "optics",
  "processor",
] as const
