/**
 * Reads recordings of real routers: `.snmprec` walks, and API rows as JSON. Errors name the line.
 */

import type { Row } from "./api-query.ts"
import { compareOids, oidOf } from "./ber.ts"
import type { Mib } from "./snmp-agent.ts"
import type { Value } from "./snmp-message.ts"

const OID = /^\.?\d+(\.\d+)+$/
const bytesOfHex = (hex: string): Buffer => Buffer.from(hex.replace(/^0x/i, ""), "hex")
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" }
/** `\n`, `\\` and `\x0a` are escapes of bytes. */
const bytesOfEscaped = (text: string): Buffer =>
  Buffer.from(
    text.replace(/\\(?:x([0-9a-fA-F]{2})|(.))/g, (_, hex: string | undefined, char = "") =>
      hex === undefined ? (ESCAPES[char] ?? char) : String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    "latin1",
  )
const integerIn = (text: string, low: number, high: number): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || text.trim() === "" || value < low || value > high)
    throw new Error(`${text} is no number in range`)
  return value
}
const unsigned32 = (text: string): number => integerIn(text, 0, 0xffff_ffff)

const parseValue = (tag: string, text: string): Value => {
  switch (tag) {
    case "2":
      return { kind: "integer", value: integerIn(text, -0x8000_0000, 0x7fff_ffff) }
    case "4":
      return { kind: "octets", value: Buffer.from(text, "utf8") }
    case "4e":
      return { kind: "octets", value: bytesOfEscaped(text) }
    case "4x":
      return { kind: "octets", value: bytesOfHex(text) }
    case "5":
      return { kind: "null" }
    case "6":
      return { kind: "oid", value: OID.test(text) ? oidOf(text) : [0, 0] }
    case "64":
      return { kind: "ipAddress", value: Buffer.from(text.split(".").map(Number)) }
    case "64x":
      return { kind: "ipAddress", value: bytesOfHex(text) }
    case "65":
      return { kind: "counter32", value: unsigned32(text) }
    case "66":
      return { kind: "gauge32", value: unsigned32(text) }
    case "67":
      return { kind: "timeTicks", value: unsigned32(text) }
    case "70":
      return { kind: "counter64", value: BigInt.asUintN(64, BigInt(text)) }
    default:
      throw new Error(`unknown tag ${tag}`)
  }
}

/**
 * `65:numeric` and similar tags name a module of the simulator that made the file; only its start
 * value is replayed.
 */
const startOf = (text: string): string =>
  /(?:^|,)(?:initial|value)=([^,]*)/.exec(text)?.[1] ?? (text.includes("=") ? "0" : text)

/**
 * `OID|tag|value` per line. Sorted by number, not by text; the last value of a repeated OID counts.
 */
export const parseSnmprec = (text: string): Mib => {
  const objects = new Map<string, { oid: number[]; value: Value }>()
  text.split(/\r?\n/).forEach((line, i) => {
    if (line.trim() === "" || line.startsWith("#")) return
    const [oid = "", tagged = "", ...rest] = line.split("|")
    try {
      if (!OID.test(oid)) throw new Error(`${oid} is no OID`)
      const [tag = "", module] = tagged.split(":")
      const raw = rest.join("|")
      objects.set(oid.replace(/^\./, ""), {
        oid: oidOf(oid),
        value: parseValue(tag, module === undefined ? raw : startOf(raw)),
      })
    } catch (error) {
      throw new Error(`line ${i + 1}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      })
    }
  })
  return [...objects.values()]
    .sort((a, b) => compareOids(a.oid, b.oid))
    .map(({ oid, value }) => ({ oid, read: () => value }))
}

/**
 * `{"data": [rows]}` or plain rows. Clients convert some values; on the wire everything is text,
 * and booleans are words.
 */
export const parseApiRows = (json: string): Row[] => {
  const parsed: unknown = JSON.parse(json)
  const rows: unknown =
    typeof parsed === "object" && parsed !== null && "data" in parsed ? parsed.data : parsed
  if (!Array.isArray(rows)) throw new Error("expected rows, or an object whose `data` holds them")
  return rows.map((row: unknown) => {
    if (typeof row !== "object" || row === null)
      throw new Error("expected every row to be an object")
    return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)]))
  })
}

/** `_system_resource_print.json` holds the answer to `/system/resource/print`. */
export const menuOfFile = (file: string): string | null => {
  const name = /^_(.+)_print\.json$/.exec(file)?.[1]
  return name === undefined ? null : `/${name.replaceAll("_", "/")}`
}
