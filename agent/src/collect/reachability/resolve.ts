/**
 * Resolves host names for all sources: cached, with a deadline; keeps the last answer while the
 * name server is down.
 */
import { lookup } from "node:dns/promises"
import net from "node:net"

/** An address unchanged, a name as its first address; null if there is none. */
export type Resolve = (address: string) => Promise<string | null>
/** All addresses of a name, best first. */
export type Lookup = (name: string) => Promise<readonly string[]>
export type Resolver = { readonly first: Resolve; readonly all: Lookup }

type Entry = { readonly ips: readonly string[]; readonly atMs: number; readonly goodMs: number }
type Options = {
  readonly now: () => number
  readonly lookup?: Lookup
  readonly deadlineMs?: number
}

const FRESH_MS = 60_000
/** How long an old answer is used if there is no new one. */
const STALE_MS = 3_600_000
/** A name that was not found is not looked up again before this time. */
const MISSING_MS = 10_000

/**
 * The canonical form: `2001:DB8:0::1` and `2001:db8::1` are one address. Null if it is no address.
 */
export const canonicalIp = (text: string): string | null => {
  const [bare = "", zone] = text.replace(/^\[(.*)\]$/, "$1").split("%")
  if (net.isIPv4(bare)) return bare
  if (!net.isIPv6(bare)) return null
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1]
  if (mapped !== undefined) return mapped
  const ip = new URL(`http://[${bare}]`).hostname.slice(1, -1)
  return zone === undefined ? ip : `${ip}%${zone}`
}

/** The system's resolver, without a cache. */
export const systemLookup: Lookup = async (name) =>
  (await lookup(name, { all: true, order: "verbatim" })).map(({ address }) => address)

/**
 * After a clock was set back, an answer seems to be from the future: it is then looked up again.
 */
const isYounger = (sinceMs: number, nowMs: number, maxAgeMs: number): boolean =>
  sinceMs <= nowMs && nowMs - sinceMs < maxAgeMs

export const createResolver = ({
  now,
  lookup = systemLookup,
  deadlineMs = 3_000,
}: Options): Resolver => {
  const cache = new Map<string, Entry>()
  const pending = new Map<string, Promise<readonly string[]>>()

  const query = async (name: string): Promise<readonly string[]> => {
    const was = cache.get(name)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("late")), deadlineMs)
    })
    try {
      const found = await Promise.race([lookup(name), late])
      const ips = [...new Set(found.flatMap((ip) => canonicalIp(ip) ?? []))]
      cache.set(name, { ips, atMs: now(), goodMs: now() })
      return ips
    } catch {
      const isGood =
        was !== undefined && was.ips.length > 0 && isYounger(was.goodMs, now(), STALE_MS)
      const ips = isGood ? was.ips : []
      cache.set(name, { ips, atMs: now(), goodMs: isGood ? was.goodMs : 0 })
      return ips
    } finally {
      clearTimeout(timer)
      pending.delete(name)
    }
  }

  const all: Lookup = async (address) => {
    const ip = canonicalIp(address)
    if (ip !== null) return [ip]
    const name = address.toLowerCase()
    const entry = cache.get(name)
    if (
      entry !== undefined &&
      isYounger(entry.atMs, now(), entry.ips.length === 0 ? MISSING_MS : FRESH_MS)
    )
      return entry.ips
    const running = pending.get(name) ?? query(name)
    pending.set(name, running)
    // An old answer is good enough: a probe round never waits for a slow name server.
    return entry !== undefined && entry.ips.length > 0 ? entry.ips : running
  }
  return { all, first: async (address) => (await all(address))[0] ?? null }
}
