/** By which method a device answered, and which method stopped working: read off what one batch holds. */
import type { Accepted } from "../ingest/model.ts"

export type SourceNow = {
  readonly device: string
  readonly source: string
  /** When it last answered; null where this batch has no answer. */
  readonly atMs: number | null
  readonly problem: string | null
  /** When it was last said to fail or to work; null where this batch says neither. */
  readonly problemAtMs: number | null
}

/** Whether it says that a method failed, works or is no longer used. */
export const saysIfItWorks = ({ name }: Accepted["events"][number]): boolean =>
  name === "collect-failed" || name === "collect-works" || name === "collect-ended"

type Noted = {
  readonly answered: (device: string, source: string, atMs: number) => void
  /** `problem` null: it works, or is no longer used. */
  readonly said: (device: string, source: string, atMs: number, problem: string | null) => void
}
/** Calls back for each answer of a method in a batch, and for each word on whether one works. */
export const noteSources = (accepted: Accepted, { answered, said }: Noted): void => {
  for (const ping of accepted.pings) {
    if (ping.icmp !== null && ping.icmp.received > 0) answered(ping.device, "icmp", ping.atMs)
    if (ping.tcp === "accepted") answered(ping.device, "tcp", ping.atMs)
  }
  for (const samples of [accepted.interfaces, accepted.health, accepted.others])
    for (const { device, source, atMs } of samples)
      if (source !== undefined) answered(device, source, atMs)
  for (const event of accepted.events) {
    if (event.source === "syslog" || event.source === "push")
      answered(event.device, event.source, event.atMs)
    if (!saysIfItWorks(event)) continue
    // In a sentence where there is one: it says what was met, and often what to do.
    const problem =
      event.name === "collect-failed"
        ? event.message || (event.attributes.reason ?? "failed")
        : null
    said(event.device, event.source, event.atMs, problem)
  }
}

export const sourcesOf = (accepted: Accepted): SourceNow[] => {
  const found = new Map<string, Map<string, SourceNow>>()
  const at = (device: string, source: string): SourceNow =>
    found.get(device)?.get(source) ?? {
      device,
      source,
      atMs: null,
      problem: null,
      problemAtMs: null,
    }
  const set = (now: SourceNow): void => {
    const own = found.get(now.device)
    if (own === undefined) found.set(now.device, new Map([[now.source, now]]))
    else own.set(now.source, now)
  }
  noteSources(accepted, {
    answered: (device, source, atMs) => {
      const was = at(device, source)
      if (was.atMs === null || was.atMs < atMs) set({ ...was, atMs })
    },
    said: (device, source, atMs, problem) => {
      const was = at(device, source)
      if (was.problemAtMs !== null && was.problemAtMs > atMs) return
      set({ ...was, problem, problemAtMs: atMs })
    },
  })
  // In one order for every batch: rows are then locked in one order, and two batches cannot wait for each other in a ring.
  return [...found.values()]
    .flatMap((own) => [...own.values()])
    .sort((a, b) => (`${a.device} ${a.source}` < `${b.device} ${b.source}` ? -1 : 1))
}

/** When a method last answered is stored this often: probes answer each second. */
const WRITE_MS = 9_000
export type DueSources = (sources: readonly SourceNow[]) => SourceNow[]
/**
 * Those that have to be stored now: what says that a method fails or works, the first answer after
 * it, and other answers now and then. The same answer again is due again: the transaction that was
 * to store it may have failed.
 */
export const createDueSources = (): DueSources => {
  const writtenAtMs = new Map<string, number>()
  return (sources) =>
    sources.filter(({ device, source, atMs, problemAtMs }) => {
      const key = `${device} ${source}`
      if (problemAtMs !== null) {
        writtenAtMs.delete(key)
        return true
      }
      const was = writtenAtMs.get(key) ?? Number.NEGATIVE_INFINITY
      if (atMs === null || (atMs !== was && atMs - was < WRITE_MS)) return false
      writtenAtMs.set(key, atMs)
      return true
    })
}
