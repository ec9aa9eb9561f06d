import type { Status } from "@ispvm/appliance/api/shared"
import { type SVGTemplateResult, svg } from "lit"

/**
 * The seven status shapes in a 12 × 12 box, distinguishable without colour. Used by lists, map and
 * graph.
 */
export const statusShape = (status: Status): SVGTemplateResult => {
  switch (status) {
    case "ok":
      return svg`<circle cx="6" cy="6" r="3" fill="currentColor"/>`
    case "degraded":
      return svg`<path d="M6 1.2 11.2 10.6H.8Z" fill="currentColor" stroke="currentColor" stroke-linejoin="round" stroke-width=".8"/>`
    case "down":
      return svg`<rect x="1.4" y="1.4" width="9.2" height="9.2" rx="1" fill="currentColor"/>`
    case "recovering":
      return svg`<circle cx="6" cy="6" r="4.3" fill="none" stroke="currentColor" stroke-width="1.4"/><path d="M6 1.7a4.3 4.3 0 0 1 0 8.6Z" fill="currentColor"/>`
    case "maintenance":
      return svg`<circle cx="6" cy="6" r="5.2" fill="none" stroke="currentColor" stroke-width="1" stroke-dasharray="1.8 1.4"/><path d="M8.9 4.1a2 2 0 0 1-2.7 2.3L4.2 8.5a.7.7 0 0 1-1-1l2-2.1a2 2 0 0 1 2.4-2.6L6.5 4l.2 1.2 1.1.2Z" fill="currentColor"/>`
    case "unreachable":
      return svg`<rect x="1.9" y="1.9" width="8.2" height="8.2" rx="1" fill="none" stroke="currentColor" stroke-width="1.5"/>`
    case "unknown":
      return svg`<circle cx="6" cy="6" r="4.3" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.2 1.65"/>`
  }
}

/** Worst first: for the status of a group, and for sorting by status. */
export const STATUS_ORDER: readonly Status[] = [
  "down",
  "unreachable",
  "degraded",
  "recovering",
  "unknown",
  "maintenance",
  "ok",
]

export const worstOf = (statuses: Iterable<Status>): Status => {
  let worst = STATUS_ORDER.length
  for (const status of statuses) worst = Math.min(worst, STATUS_ORDER.indexOf(status))
  return STATUS_ORDER[worst] ?? "unknown"
}
