import type { Status } from "@ispvm/appliance/api/shared"
import { nothing, type SVGTemplateResult, svg } from "lit"

/** A path in a 12 × 12 box: filled, or a line of this width and these dashes. */
export type ShapePath = readonly [d: string, line?: number, dash?: string]
const TRIANGLE = "M6 1.2 11.2 10.6H.8Z"
const SQUARE = "M1.9 1.9h8.2v8.2H1.9Z"
const RING = "M1.7 6a4.3 4.3 0 1 1 8.6 0 4.3 4.3 0 1 1-8.6 0Z"

/** The seven shapes, distinguishable without colour. Used by lists, map and graph. */
export const STATUS_SHAPES: Readonly<Record<Status, readonly ShapePath[]>> = {
  ok: [["M3 6a3 3 0 1 1 6 0 3 3 0 1 1-6 0Z"]],
  degraded: [[TRIANGLE], [TRIANGLE, 0.8]],
  down: [[SQUARE], [SQUARE, 1]],
  recovering: [[RING, 1.4], ["M6 1.7a4.3 4.3 0 0 1 0 8.6Z"]],
  maintenance: [
    ["M.8 6a5.2 5.2 0 1 1 10.4 0 5.2 5.2 0 1 1-10.4 0Z", 1, "1.8 1.4"],
    [
      "M8.9 4.1a2 2 0 0 1-2.7 2.3L4.2 8.5a.7.7 0 0 1-1-1l2-2.1a2 2 0 0 1 2.4-2.6L6.5 4l.2 1.2 1.1.2Z",
    ],
  ],
  unreachable: [[SQUARE, 1.5]],
  unknown: [[RING, 1.5, "2.2 1.65"]],
}

export const statusShape = (status: Status): SVGTemplateResult[] =>
  STATUS_SHAPES[status].map(([d, line, dash]) =>
    line
      ? svg`<path d=${d} fill="none" stroke="currentColor" stroke-linejoin="round" stroke-width=${line} stroke-dasharray=${dash ?? nothing}/>`
      : svg`<path d=${d} fill="currentColor"/>`,
  )

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
