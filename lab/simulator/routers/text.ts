/** RouterOS's formats of times and durations. */
import type { Persona } from "./personas.ts"

const MONTHS = [
  "jan",
  "feb",
  "mar",
  "apr",
  "may",
  "jun",
  "jul",
  "aug",
  "sep",
  "oct",
  "nov",
  "dec",
] as const
const two = (n: number): string => String(n).padStart(2, "0")

export const durationText = (ms: number): string => {
  let s = Math.floor(ms / 1000)
  const parts: string[] = []
  for (const [unit, size] of [
    ["w", 604_800],
    ["d", 86_400],
    ["h", 3_600],
    ["m", 60],
  ] as const) {
    if (s >= size) parts.push(`${Math.floor(s / size)}${unit}`)
    s %= size
  }
  if (s > 0 || parts.length === 0) parts.push(`${s}s`)
  return parts.join("")
}

const clock = (d: Date): string =>
  `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`

/** `2026-06-10 14:48:17` from 7.10 on, `jun/10/2026 14:48:17` before. The lab's routers use UTC. */
export const dateText = (atMs: number, dates: Persona["dates"]): string => {
  const d = new Date(atMs)
  const day = two(d.getUTCDate())
  return dates === "iso"
    ? `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${day} ${clock(d)}`
    : `${MONTHS[d.getUTCMonth()]}/${day}/${d.getUTCFullYear()} ${clock(d)}`
}

/** The time of BSD syslog: `Jun  1 14:48:17`. */
export const bsdTimeText = (atMs: number): string => {
  const d = new Date(atMs)
  const month = MONTHS[d.getUTCMonth()] ?? "jan"
  return `${month.slice(0, 1).toUpperCase()}${month.slice(1)} ${String(d.getUTCDate()).padStart(2, " ")} ${clock(d)}`
}
