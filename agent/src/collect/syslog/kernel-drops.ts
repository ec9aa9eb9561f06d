/**
 * Datagrams that the kernel dropped because the receive buffer of the socket was full. Linux counts
 * them for each socket in /proc/net/udp and /proc/net/udp6.
 */
import { readFile } from "node:fs/promises"
import { isIPv6 } from "node:net"

const TABLES = { udp4: "/proc/self/net/udp", udp6: "/proc/self/net/udp6" } as const
/** A row: `sl local_address rem_address st … inode ref pointer drops`, addresses as hex:port. */
const LOCAL_ADDRESS = 1

/** The drops of the socket bound to this port; null: the table has no such socket. Pure. */
export const dropsOfPort = (table: string, port: number): number | null => {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`
  for (const line of table.split("\n")) {
    const fields = line.trim().split(/\s+/)
    if (fields[LOCAL_ADDRESS]?.endsWith(suffix) !== true) continue
    const drops = Number(fields.at(-1))
    return Number.isSafeInteger(drops) ? drops : null
  }
  return null
}

/** Null: this system has no such table. */
export const readDrops = async (address: string, port: number): Promise<number | null> => {
  try {
    const table = await readFile(TABLES[isIPv6(address) ? "udp6" : "udp4"], "latin1")
    return dropsOfPort(table, port)
  } catch {
    return null // Not Linux, or /proc is hidden from this process.
  }
}
