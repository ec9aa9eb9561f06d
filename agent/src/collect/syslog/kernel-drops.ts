/**
 * Datagrams that the kernel dropped because the receive buffer of the socket was full. Linux counts
 * them for each socket in /proc/net/udp and /proc/net/udp6.
 */
import { readFile } from "node:fs/promises"
import { isIPv6 } from "node:net"
import { endianness } from "node:os"

const TABLES = { udp4: "/proc/self/net/udp", udp6: "/proc/self/net/udp6" } as const
/** A row: `sl local_address rem_address st … inode ref pointer drops`, addresses as hex:port. */
const LOCAL_ADDRESS = 1

const hex = (value: number, digits: number): string =>
  value.toString(16).toUpperCase().padStart(digits, "0")
/** As the kernel writes it, in the byte order of the machine; "" of IPv6: any address. */
const addressOf = (ip: string): string =>
  isIPv6(ip)
    ? ""
    : ip
        .split(".")
        .map((byte) => hex(Number(byte), 2))
        [endianness() === "LE" ? "reverse" : "slice"]()
        .join("")

/** The drops of the socket bound to this address; null: the table has no such socket. Pure. */
export const dropsOf = (table: string, ip: string, port: number): number | null => {
  const [address, suffix] = [addressOf(ip), `:${hex(port, 4)}`]
  for (const line of table.split("\n")) {
    const fields = line.trim().split(/\s+/)
    const local = fields[LOCAL_ADDRESS] ?? ""
    if (!local.endsWith(suffix) || !local.startsWith(address)) continue
    const drops = Number(fields.at(-1))
    return Number.isSafeInteger(drops) ? drops : null
  }
  return null
}

/** Null: this system has no such table. */
export const readDrops = async (address: string, port: number): Promise<number | null> => {
  try {
    const table = await readFile(TABLES[isIPv6(address) ? "udp6" : "udp4"], "latin1")
    return dropsOf(table, address, port)
  } catch {
    return null // Not Linux, or /proc is hidden from this process.
  }
}
