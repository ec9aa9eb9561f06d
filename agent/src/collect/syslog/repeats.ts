/**
 * One event that a router sends twice, for two of its logging rules have the line's topics, told from one that happens twice.
 *
 * Copies follow each other at once and are alike to the letter, their time stamps too. The state of a port is told twice only
 * where it did not change in between. On one TCP connection every line stands for itself. Pure: time is passed in.
 */
import type { DeviceId } from "../../wire/wire.ts"
import type { Meaning } from "./meant.ts"

const WINDOW_MS = 250
const MAX_KEPT = 4_096

type Heard = { readonly atMs: number; readonly stamp: string; readonly channel: string | null }
export type Told = {
  readonly device: DeviceId
  readonly message: string
  readonly stamp: string
  readonly meaning: Meaning | null
  /** The connection it came on; null by UDP. */
  readonly channel: string | null
}

/** A port's state is known by the port, anything else by its words. The second key is the state it is not in any more. */
const keysOf = ({ device, message, meaning }: Told): readonly [key: string, other: string | null] => {
  if (meaning?.name !== "link-up" && meaning?.name !== "link-down") return [`${device}\n${message}`, null]
  const port = meaning.interface ?? message.slice(0, Math.max(0, message.lastIndexOf(" link ")))
  const other = meaning.name === "link-up" ? "link-down" : "link-up"
  return [`${device}\n${meaning.name}\n${port}`, `${device}\n${other}\n${port}`]
}

export const createRepeats = () => {
  const heard = new Map<string, Heard>()

  /** The oldest stand in front. */
  const forgetOld = (nowMs: number): void => {
    for (const [key, { atMs }] of heard) {
      if (heard.size <= MAX_KEPT && nowMs - atMs <= WINDOW_MS) return
      heard.delete(key)
    }
  }

  /** True: this line was heard a moment ago. `nowMs` is of a steady clock. */
  return (told: Told, nowMs: number): boolean => {
    forgetOld(nowMs)
    const [key, other] = keysOf(told)
    const before = heard.get(key)
    const isOtherWay = told.channel === null || before?.channel !== told.channel
    if (before !== undefined && before.stamp === told.stamp && isOtherWay) return true
    heard.delete(key) // so that it comes to the end, where the youngest stand
    heard.set(key, { atMs: nowMs, stamp: told.stamp, channel: told.channel })
    if (other !== null) heard.delete(other)
    return false
  }
}
