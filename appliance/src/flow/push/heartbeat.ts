/**
 * A heartbeat -> what an agent would have read: resources, ports with rates, facts. Pure: the
 * caller keeps the counters of the last one.
 */

import type { DeviceId, Facts, HealthSample, InterfaceSample, Item } from "@ispvm/wire"
import { storable } from "@ispvm/wire"
import { ratesBetween, type Totals } from "@ispvm/wire/counters"
import type { HeartbeatItem } from "@ispvm/wire/push"
import type { z } from "zod"
import { parseSpan } from "./router-time.ts"

export type Heartbeat = z.infer<typeof HeartbeatItem>
/** Counters of the last heartbeat, by port; and the facts last reported, and when. */
export type Baseline = {
  readonly atMs: number
  readonly ports: ReadonlyMap<string, Totals>
  readonly facts: string
  readonly factsAtMs: number
}
/** Of a router that has reported facts but no counters yet. */
export const NO_COUNTS = { atMs: 0, ports: new Map<string, Totals>(), facts: "" } as const

/** Each change of facts makes every open page reload: changing ones are taken this often. */
const FACTS_EVERY_MS = 30_000
export const mayReportFacts = (was: Baseline | null, atMs: number): boolean =>
  was === null || Math.abs(atMs - was.factsAtMs) >= FACTS_EVERY_MS

/** The bound of the series columns. */
const MAX_FIGURE = 1e15
const MAX_NAME = 256
/** Made by the router for one session: never a port of the inventory. */
export const isDynamic = (port: string): boolean => /^<.*>$/.test(port)

type Word = number | string
/** What is wrong with the figures, or null. */
export const figureError = (item: Heartbeat): string | null => {
  const { cpu, memFree, memTotal, diskFree, diskTotal } = item
  for (const [name, value] of Object.entries({ memFree, memTotal, diskFree, diskTotal }))
    if (Number(value) > MAX_FIGURE) return `${name}: ${value} is more than can be`
  return Number(cpu) > 100 ? `cpu: ${cpu} is more than 100 per cent` : null
}
const used = (free: Word, total: Word): number | null => {
  const [left, all] = [Number(free), Number(total)]
  return all === 0 || left > all ? null : all - left
}
const some = (value: Word): number | null => (Number(value) === 0 ? null : Number(value))

const totals = (
  port: Heartbeat["ports"][number],
  atMs: number,
  uptimeS: number | null,
): Totals => ({
  atMs,
  uptimeS,
  counters: {
    bits: 64,
    rxByte: BigInt(port.rx),
    txByte: BigInt(port.tx),
    rxPacket: BigInt(port.rxp),
    txPacket: BigInt(port.txp),
    // Both directions in one sum: the rate is of both together anyway.
    rxError: BigInt(port.err),
    txError: null,
    rxDrop: BigInt(port.drop),
    txDrop: null,
  },
})

/** The facts a router reports, where they differ from those before. */
export const factsOf = (
  device: DeviceId,
  atMs: number,
  reported: { readonly identity: string; readonly version: string; readonly board: string },
  before: string,
): { readonly facts: Facts | null; readonly text: string } => {
  const word = (text: string, max: number): string | null => storable(text.trim(), max) || null
  const [identity, version, board] = [
    word(reported.identity, 256),
    word(reported.version, 128),
    word(reported.board, 128),
  ]
  const text = JSON.stringify([identity, version, board])
  if (text === before) return { facts: null, text }
  const none = { architecture: null, serial: null, interfaces: null }
  return {
    facts: {
      kind: "facts",
      device,
      atMs,
      source: "push",
      identity,
      vendor: "MikroTik",
      board,
      version,
      ...none,
    },
    text,
  }
}

export const readHeartbeat = (
  device: DeviceId,
  item: Heartbeat,
  atMs: number,
  was: Baseline | null,
): { readonly items: readonly Item[]; readonly baseline: Baseline } => {
  const span = parseSpan(item.up)
  const uptimeS = span === null ? null : Math.floor(span.ms / 1_000)
  const common = { device, atMs, source: "push" } as const
  const health: HealthSample = {
    kind: "health",
    ...common,
    uptimeS,
    cpuRatio: Number(item.cpu) / 100,
    memoryUsedByte: used(item.memFree, item.memTotal),
    memoryTotalByte: some(item.memTotal),
    diskUsedByte: used(item.diskFree, item.diskTotal),
    diskTotalByte: some(item.diskTotal),
  }
  // A late heartbeat was overtaken by a newer one: no rates can be computed from it.
  const isLate = was !== null && atMs <= was.atMs
  const counted = new Map<string, Totals>()
  const ports = item.ports.flatMap((port): InterfaceSample[] => {
    const name = port.name
    if (name === "" || name.length > MAX_NAME || isDynamic(name) || counted.has(name)) return []
    const now = totals(port, atMs, uptimeS)
    counted.set(name, now)
    const { rates } = ratesBetween(isLate ? null : (was?.ports.get(name) ?? null), now)
    const { running, disabled } = port
    return [{ kind: "interface", ...common, interface: name, running, disabled, ...rates }]
  })
  const reported = factsOf(device, atMs, item, was?.facts ?? "")
  // A hello before it did not report the board.
  const isFirst = was === null || was.atMs === NO_COUNTS.atMs
  const facts = isLate || !(isFirst || mayReportFacts(was, atMs)) ? null : reported.facts
  const known =
    facts === null
      ? { facts: was?.facts ?? reported.text, factsAtMs: was?.factsAtMs ?? atMs }
      : { facts: reported.text, factsAtMs: atMs }
  const items = [health, ...ports, ...(facts === null ? [] : [facts])]
  return { items, baseline: isLate ? was : { atMs, ports: counted, ...known } }
}
