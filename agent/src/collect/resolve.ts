/** Host names to addresses, for every source alike: cached, with a deadline, and the last good answer kept while the name server is away. */
import { lookup } from "node:dns/promises"
import net from "node:net"

export type Resolve = (address: string) => Promise<string | null>
export type Lookup = (name: string) => Promise<string>

type Entry = { readonly ip: string | null; readonly atMs: number; readonly goodMs: number }
type Options = { readonly now: () => number; readonly lookup?: Lookup; readonly deadlineMs?: number }

const FRESH_MS = 60_000
/** How long an old answer may stand in for one that cannot be had. */
const STALE_MS = 3_600_000
/** A name that was not found is not asked for again at once. */
const MISSING_MS = 10_000

/** The form every tool prints: `2001:DB8:0::1` and `2001:db8::1` are one address. Null where it is not an address. */
export const canonicalIp = (text: string): string | null => {
  const [bare = "", zone] = text.replace(/^\[(.*)\]$/, "$1").split("%")
  if (net.isIPv4(bare)) return bare
  if (!net.isIPv6(bare)) return null
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1]
  if (mapped !== undefined) return mapped
  const ip = new URL(`http://[${bare}]`).hostname.slice(1, -1)
  return zone === undefined ? ip : `${ip}%${zone}`
}

const systemLookup: Lookup = async (name) => (await lookup(name, { verbatim: true })).address

export const createResolver = ({ now, lookup = systemLookup, deadlineMs = 3_000 }: Options): Resolve => {
  const cache = new Map<string, Entry>()
  const asking = new Map<string, Promise<string | null>>()

  const ask = async (name: string): Promise<string | null> => {
    const was = cache.get(name)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("late")), deadlineMs)
    })
    try {
      const ip = canonicalIp(await Promise.race([lookup(name), late]))
      cache.set(name, { ip, atMs: now(), goodMs: now() })
      return ip
    } catch {
      const isGood = was !== undefined && was.ip !== null && now() - was.goodMs < STALE_MS
      cache.set(name, { ip: isGood ? was.ip : null, atMs: now(), goodMs: isGood ? was.goodMs : 0 })
      return isGood ? was.ip : null
    } finally {
      clearTimeout(timer)
      asking.delete(name)
    }
  }

  return async (address) => {
    const ip = canonicalIp(address)
    if (ip !== null) return ip
    const name = address.toLowerCase()
    const entry = cache.get(name)
    const ageMs = entry === undefined ? Number.POSITIVE_INFINITY : now() - entry.atMs
    if (entry !== undefined && ageMs < (entry.ip === null ? MISSING_MS : FRESH_MS)) return entry.ip
    const running = asking.get(name) ?? ask(name)
    asking.set(name, running)
    // An old answer is good enough for now: a round of pings never waits for a slow name server.
    return entry !== undefined && entry.ip !== null ? entry.ip : running
  }
}
