/**
 * What ingest has looked up, kept as long as nothing of the inventory has changed: an agent sends
 * values of the same devices every second. What was read under a version of the inventory is true
 * as long as that is the version, because each transaction that changes one raises it.
 */

/** More scopes than this are not kept, so that memory stays bounded. */
const MAX_SCOPES = 1_000

/**
 * `version`: read in the transaction, before it changes anything of the inventory. What a
 * transaction that has changed something sees is not true before it ends, and must not be kept.
 */
export type Kept<Scope, Key, Value> = (
  scope: Scope,
  version: string,
  keys: readonly Key[],
  read: (missing: readonly Key[]) => Promise<Iterable<readonly [Key, Value]>>,
) => Promise<ReadonlyMap<Key, Value>>

/** Gives at least what is known of `keys`. */
export const createKept = <Scope, Key, Value>(): Kept<Scope, Key, Value> => {
  const scopes = new Map<Scope, { readonly version: string; readonly values: Map<Key, Value> }>()
  return async (scope, version, keys, read) => {
    const known = scopes.get(scope)
    const kept = known?.version === version ? known : { version, values: new Map<Key, Value>() }
    const missing = keys.filter((key) => !kept.values.has(key))
    if (missing.length > 0)
      for (const [key, value] of await read(missing)) kept.values.set(key, value)
    // The one that was used last is the last.
    scopes.delete(scope)
    scopes.set(scope, kept)
    for (const [oldest] of scopes) {
      if (scopes.size <= MAX_SCOPES) break
      scopes.delete(oldest)
    }
    return kept.values
  }
}
