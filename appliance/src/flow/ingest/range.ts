/** What the columns can hold, in one table. The wire allows any finite number; one that does not fit would stop the whole batch. */
import type { Item } from "@ispvm/wire"

const SMALLINT = 32_767
const INT = 2_147_483_647
const BIG = 1e15 // bit/s, bytes, seconds: a petabit, and an hour of such sums still fits into a bigint

const outside = (fields: Readonly<Record<string, number | null>>, max: number): string | null => {
  for (const [name, value] of Object.entries(fields))
    if (value !== null && value > max) return `${name}: ${value} is more than can be (${max})`
  return null
}

/** What is wrong, or null. */
export const outOfRange = (item: Item): string | null => {
  switch (item.kind) {
    case "ping": {
      if (item.icmp === null) return null
      const { sent, received, rttUs, jitterUs } = item.icmp
      if (received > sent) return `icmp.received: ${received} answers to ${sent} probes`
      return (
        outside({ "icmp.sent": sent }, SMALLINT) ??
        outside({ "icmp.rttUs": rttUs, "icmp.jitterUs": jitterUs }, INT)
      )
    }
    case "interface": {
      const { rxBps, txBps, rxPps, txPps, errorsPs, dropsPs } = item
      return outside({ rxBps, txBps, rxPps, txPps, errorsPs, dropsPs }, BIG)
    }
    case "health": {
      const { uptimeS, memoryUsedByte, memoryTotalByte, diskUsedByte, diskTotalByte } = item
      return outside({ uptimeS, memoryUsedByte, memoryTotalByte, diskUsedByte, diskTotalByte }, BIG)
    }
    case "facts":
      for (const [index, { mtu, speedBps, ifIndex }] of (item.interfaces ?? []).entries()) {
        const error = outside({ mtu }, INT) ?? outside({ speedBps, ifIndex }, BIG)
        if (error !== null) return `interfaces.${index}.${error}`
      }
      return null
    case "sensor":
      return Math.abs(item.value) > 1e300
        ? `value: ${item.value} is more than can be (1e300)`
        : null
    case "event":
      return null
  }
}
