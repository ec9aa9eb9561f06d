/**
 * A section of a router's configuration as commands, like `/export`. It is printed menu by menu,
 * because the API exports only to a file on the router, which is a write.
 */
import type { Row } from "../collect/routeros/client/reply.ts"
import { parseFlag } from "../collect/routeros/client/values.ts"
import { isSecretName, valueWithoutSecrets } from "./secrets.ts"

/** What a router reports about an item, and is no configuration of it. */
const STATE =
  /^\.|^(dynamic|invalid|running|slave|actual-.*|inactive|active|immediate-gw|gateway-status|bytes|packets|byte|packet|rate|packet-rate|total-.*|queued-.*|dropped|borrows|lends|pcq-queues|hw|hw-offload|hw-offload-group|.*-bytes?|.*-packets?|fp-.*|rx-.*|tx-.*|link-downs|last-link-.*|default|builtin|status|state|used|available|cache-used|dynamic-servers|last-seen|uptime|static|connect|ecmp|blackhole-status|local-address-status|vrf-interface|debug-info|root-bridge|designated-.*|role|edge-port|point-to-point-port|external-fdb-status|sending-rstp|learning|forwarding|port-number)$/

const PLAIN = /^[A-Za-z0-9.,:/!*_<>@+-]+$/
const quoted = (value: string): string =>
  PLAIN.test(value) ? value : `"${value.replaceAll(/["\\$]/g, (found) => `\\${found}`)}"`

export type Section = { readonly lines: readonly string[]; readonly secrets: number }

const wordsOf = (row: Row): { readonly words: string[]; readonly secrets: number } => {
  let secrets = 0
  const words = [...row].flatMap(([name, value]) => {
    if (value === "" || STATE.test(name)) return []
    if (isSecretName(name)) secrets += 1
    return [`${name}=${quoted(valueWithoutSecrets(name, value))}`]
  })
  return { words, secrets }
}

/** Items that the router made by itself are left out. */
export const sectionOf = (menu: string, rows: readonly Row[]): Section => {
  const items = rows.filter((row) => !parseFlag(row.get("dynamic")))
  const found = items.map((row) => ({ ...wordsOf(row), isItem: row.has(".id") }))
  const lines = found.flatMap(({ words, isItem }) =>
    words.length === 0 ? [] : [`${isItem ? "add" : "set"} ${words.join(" ")}`],
  )
  const secrets = found.reduce((sum, each) => sum + each.secrets, 0)
  return { lines: [menu.replaceAll("/", " ").replace(" ", "/"), ...lines], secrets }
}
