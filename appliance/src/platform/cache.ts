/** A bounded map, for keys that strangers choose: the entry written longest ago is dropped. */

export type Cache<K, V> = {
  /** Undefined where there is none, or its time is over. */
  readonly get: (key: K) => V | undefined
  /** Writes the entry as the youngest. */
  readonly set: (key: K, value: V) => void
  readonly delete: (key: K) => void
  /** Oldest first, expired entries included until they are read or dropped. */
  readonly entries: () => IterableIterator<[K, V]>
  readonly size: () => number
}

type Options = {
  readonly maxEntries: number
  /** An entry is forgotten this long after it was written; by default never. */
  readonly ttlMs?: number
  /** A steady clock, needed for `ttlMs` alone. */
  readonly now?: () => number
}
type Stored<V> = { readonly value: V; readonly atMs: number }

export const createCache = <K, V>({
  maxEntries,
  ttlMs = Number.POSITIVE_INFINITY,
  now = () => 0,
}: Options): Cache<K, V> => {
  const stored = new Map<K, Stored<V>>()
  return {
    get: (key) => {
      const entry = stored.get(key)
      if (entry === undefined) return undefined
      if (now() - entry.atMs < ttlMs) return entry.value
      stored.delete(key)
      return undefined
    },
    set: (key, value) => {
      stored.delete(key)
      stored.set(key, { value, atMs: now() })
      for (const oldest of stored.keys()) {
        if (stored.size <= maxEntries) break
        stored.delete(oldest)
      }
    },
    delete: (key) => {
      stored.delete(key)
    },
    entries: function* () {
      for (const [key, { value }] of stored) yield [key, value]
    },
    size: () => stored.size,
  }
}
