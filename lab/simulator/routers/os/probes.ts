/** `/ping` and `/tool/traceroute` as the API answers them: row by row, until they end or are cancelled. */
import type { Stream } from "../api-backend.ts"
import type { Row } from "../api-query.ts"
import { Trap } from "../trap.ts"
import type { RouterSystem } from "./model.ts"
import { isBefore, NOT_PERMITTED } from "./policies.ts"

const PING_MS = 1_000
const TIMEOUT_MS = 1_000
/** A round trip of one hop: the lab has no distances. */
const HOP_US = 380

type Request = {
  readonly os: RouterSystem
  readonly attributes: ReadonlyMap<string, string>
  readonly row: (row: Row) => void
  readonly signal: AbortSignal
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener("abort", done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener("abort", done, { once: true })
  })
/** v6 counts whole milliseconds. */
const timeText = (us: number, isV6: boolean): string =>
  isV6
    ? `${Math.max(1, Math.round(us / 1_000))}ms`
    : `${us >= 1_000 ? `${Math.floor(us / 1_000)}ms` : ""}${us % 1_000}us`

const addressOf = ({ attributes }: Request): string => {
  const address = attributes.get("address") ?? ""
  if (!/^[0-9A-Fa-f.:]+$/.test(address)) throw new Trap("invalid value for argument address", 1)
  return address
}
const countOf = ({ attributes }: Request, other: number): number =>
  Number(attributes.get("count") ?? other)

const ping = async (request: Request): Promise<void> => {
  const { os, row, signal } = request
  const host = addressOf(request)
  const count = countOf(request, 1_000_000)
  const rttsUs: number[] = []
  for (let seq = 0; seq < count && !signal.aborted; seq += 1) {
    if (seq > 0) await pause(PING_MS, signal)
    if (signal.aborted) return
    const { hops, isReached } = os.network.pathTo(host)
    const us = (hops.length || 1) * HOP_US + seq * 7
    if (isReached) rttsUs.push(us)
    else await pause(TIMEOUT_MS, signal)
    const sent = seq + 1
    const figures: Row = {
      sent: String(sent),
      received: String(rttsUs.length),
      "packet-loss": String(Math.round((1 - rttsUs.length / sent) * 100)),
      ...(rttsUs.length === 0
        ? {}
        : {
            "min-rtt": timeText(Math.min(...rttsUs), os.isV6),
            "avg-rtt": timeText(
              Math.round(rttsUs.reduce((sum, each) => sum + each, 0) / rttsUs.length),
              os.isV6,
            ),
            "max-rtt": timeText(Math.max(...rttsUs), os.isV6),
          }),
    }
    row(
      isReached
        ? {
            seq: String(seq),
            host,
            size: request.attributes.get("size") ?? "56",
            ttl: String(64 - hops.length),
            time: timeText(us, os.isV6),
            ...figures,
          }
        : { seq: String(seq), host, status: "timeout", ...figures },
    )
  }
}

/** The whole path again for each packet, as a section. */
const traceroute = async (request: Request): Promise<void> => {
  const { os, row, signal } = request
  const host = addressOf(request)
  const count = countOf(request, 1_000_000)
  let section = 0
  for (let sent = 1; sent <= count && !signal.aborted; sent += 1) {
    const { hops, isReached } = os.network.pathTo(host)
    const shown = isReached ? [...hops] : [...hops, ""]
    const from = sent === 1 ? 1 : shown.length
    for (let known = from; known <= shown.length; known += 1) {
      await pause(100, signal)
      if (signal.aborted) return
      for (const [index, address] of shown.slice(0, known).entries()) {
        const us = (index + 1) * HOP_US
        const time = (us / 1_000).toFixed(1)
        row({
          ".section": String(section),
          address,
          loss: address === "" ? "100" : "0",
          sent: String(sent),
          ...(address === ""
            ? { last: "timeout" }
            : { last: time, avg: time, best: time, worst: time, "std-dev": "0" }),
        })
      }
      section += 1
    }
    if (!isReached) await pause(TIMEOUT_MS, signal)
  }
}

/** From 7.23 on ping is below `/tool`; 7.24 has no other. */
const commandAt = (path: string, release: string): ((request: Request) => Promise<void>) | null => {
  if (path === "/tool/traceroute") return traceroute
  if (path === "/ping" && isBefore(release, "7.24")) return ping
  if (path === "/tool/ping" && !isBefore(release, "7.23")) return ping
  return null
}

/** Null: this is no such command. */
export const probeStream = (
  os: RouterSystem,
  path: string,
  attributes: ReadonlyMap<string, string>,
  policies: readonly string[],
  row: (row: Row) => void,
): Stream | null => {
  const command = commandAt(path, os.release.name)
  if (command === null) return null
  if (!policies.includes("test")) throw new Trap(NOT_PERMITTED, null)
  const stop = new AbortController()
  const request: Request = { os, attributes, row, signal: stop.signal }
  addressOf(request)
  return { done: command(request), stop: () => stop.abort() }
}
