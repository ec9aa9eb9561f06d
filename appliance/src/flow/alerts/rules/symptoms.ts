/**
 * What degraded links and devices show, as far as rules measure it; and `service`: a probed service
 * fails, which is placed by the agents that see it.
 */
export const RULE_SYMPTOMS = [
  "loss",
  "latency",
  "errors",
  "drops",
  "load",
  "optics",
  "processor",
  "service",
] as const
