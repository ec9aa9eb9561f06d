/** IP addresses of the device itself (IP-MIB), as rows of a table. */
import type { Reading } from "../../collector.ts"
import { numberOf } from "../client/values.ts"
import { namesOfPorts } from "../profiles/context.ts"
import { addressBytes, ipOf } from "../profiles/names.ts"
import type { Poll } from "./poll.ts"

/** ipAddrTable of RFC 1213: IPv4 alone, by address. */
const BY_ADDRESS = "1.3.6.1.2.1.4.20.1"
/** ipAddressTable of RFC 4293: kind of address, length, bytes. */
const BY_KIND = "1.3.6.1.2.1.4.34.1"
const UNICAST = 1
/** A server of sessions has one for each of its networks. */
const MAX_ADDRESSES = 2_000

type Own = { readonly ip: string; readonly bits: number | null; readonly ifIndex: number | null }

/** The length of a prefix as a mask; null: it is none. */
const bitsOf = (mask: unknown): number | null => {
  const bytes = addressBytes(mask)
  if (bytes?.length !== 4) return null
  const text = bytes.map((byte) => byte.toString(2).padStart(8, "0")).join("")
  return /^1*0*$/.test(text) ? text.lastIndexOf("1") + 1 : null
}

const readOwn = async ({ session, options }: Poll): Promise<ReadonlyMap<string, Own>> => {
  const { ifIndex, mask, port, kind, prefix } = await session.columns(
    {
      ...{ ifIndex: `${BY_ADDRESS}.2`, mask: `${BY_ADDRESS}.3` },
      ...{ port: `${BY_KIND}.3`, kind: `${BY_KIND}.4`, prefix: `${BY_KIND}.5` },
    },
    { ...options, maxRows: MAX_ADDRESSES },
  )
  const own = new Map<string, Own>()
  for (const [index, value] of ifIndex) {
    const ip = ipOf(index.split(".").map(Number))
    if (ip !== null) own.set(ip, { ip, bits: bitsOf(mask.get(index)), ifIndex: numberOf(value) })
  }
  for (const [index, value] of port) {
    const [, length = 0, ...bytes] = index.split(".").map(Number)
    const ip = bytes.length === length ? ipOf(bytes) : null
    if (ip === null || own.has(ip) || (numberOf(kind.get(index)) ?? UNICAST) !== UNICAST) continue
    // The row of the prefix, whose index ends with its length; 0.0: it is not known.
    const row = String(prefix.get(index) ?? "").split(".")
    const bits = row.length > 4 ? Number(row.at(-1)) : null
    own.set(ip, { ip, bits, ifIndex: numberOf(value) })
  }
  return own
}

export const collectAddresses = async (poll: Poll): Promise<Reading[]> => {
  const own = await readOwn(poll)
  if (own.size === 0) return []
  const names = await namesOfPorts(poll)
  const rows = [...own.values()].map(({ ip, bits, ifIndex }) => {
    const address = bits === null ? ip : `${ip}/${bits}`
    const port = ifIndex === null ? null : (names.get(String(ifIndex)) ?? null)
    return { key: `${port ?? "?"} ${address}`, values: { address, interface: port } }
  })
  return [{ ...poll.origin(), kind: "table", table: "addresses", rows }]
}
