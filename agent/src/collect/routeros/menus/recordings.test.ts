/**
 * Recorded menus of real routers, polled over the real protocol, row by row. Each difference is one
 * of: not collected on purpose (with its reason), masked in the recording, or ours, which is none.
 * ISPVM_RECORDINGS names the folder.
 */
import assert from "node:assert/strict"
import { existsSync, globSync, readFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { test } from "node:test"
import { recordingsFolder } from "../../../../test/config.ts"
import {
  type MenuRow,
  type Menus,
  replayMenus,
  rowsOf,
  samplesOf,
} from "../../../../test/replay-menus.ts"

const root = recordingsFolder()
const api = root === undefined ? "" : join(root, "api")
const skip = existsSync(api) ? false : "ISPVM_RECORDINGS names no folder with api/"

/** Menus that no collector reads, and why. */
const ON_PURPOSE: Readonly<Record<string, string>> = {
  "/ip/firewall/address-list": "configuration, not state",
  "/ip/hotspot/ip-binding": "configuration, not state",
  "/ip/route/vrf": "configuration; its interfaces are in the list of interfaces",
  "/ip/vrf": "configuration; its interfaces are in the list of interfaces",
  "/routing/bgp/instance": "its AS number is in the rows of its sessions",
  "/interface/wireguard": "name and state are those of the interface",
  "/routing/bgp/advertisements": "a row per advertised prefix: only counted",
  "/ip/firewall/filter": "rules are off by default",
  "/system/resource/cpu": "the load of all cores is in /system/resource",
  "/log": "comes by syslog",
}
/** Menus that are only counted. */
const COUNTED: Readonly<Record<string, string>> = {
  "/ip/route": "routes",
  "/ip/firewall/connection": "connections",
}

type Seen = { readonly kind: string; readonly columns: Readonly<Record<string, string>> }
const table = (kind: string, columns: Seen["columns"]): Seen => ({ kind, columns })
/** Where a row is seen, and the property of each of its columns. */
const SEEN: Readonly<Record<string, Seen>> = {
  "/ip/arp": table("arp", { address: "address", mac: "mac-address", interface: "interface" }),
  "/ipv6/neighbor": table("arp", { address: "address", mac: "mac-address", status: "status" }),
  "/ip/address": table("addresses", { address: "address", interface: "interface" }),
  "/ip/neighbor": table("neighbours", {
    interface: "interface",
    identity: "identity",
    mac: "mac-address",
    remotePort: "interface-name",
    board: "board",
    version: "version",
  }),
  "/interface/bridge/host": table("hosts", { mac: "mac-address", bridge: "bridge" }),
  "/interface/ethernet/switch/unicast-fdb": table("hosts", {
    mac: "mac-address",
    interface: "port",
  }),
  "/interface/bridge/vlan": table("vlans", { vlanId: "vlan-ids", tagged: "tagged" }),
  "/interface/vlan": table("vlans", { vlanId: "vlan-id", name: "name", interface: "interface" }),
  "/routing/bgp/peer": table("bgp-peers", {
    name: "name",
    remoteAddress: "remote-address",
    state: "state",
  }),
  "/routing/bgp/connection": table("bgp-peers", {
    name: "name",
    remoteAddress: "remote.address",
    instance: "instance",
  }),
  "/routing/bgp/session": table("bgp-peers", {
    remoteAddress: "remote.address",
    remoteId: "remote.id",
  }),
  "/routing/ospf/neighbor": table("ospf-neighbours", {
    routerId: "router-id",
    interface: "interface",
    state: "state",
  }),
  "/user": table("users", { user: "name", group: "group" }),
  "/user/active": table("users", { user: "name", address: "address", via: "via" }),
  "/system/package/update": table("packages", { version: "installed-version" }),
  "/interface/wireguard/peers": table("tunnels", { allowed: "allowed-address" }),
  "/ip/dhcp-server/lease": table("leases", { status: "status", hostName: "host-name" }),
  "/interface/wireless/registration-table": table("registrations", { mac: "mac-address" }),
}

type Case = { readonly name: string; readonly menus: Menus }
const asRows = (value: unknown): MenuRow[] => (Array.isArray(value) ? (value as MenuRow[]) : [])
const json = (path: string): Record<string, unknown> => JSON.parse(readFileSync(path, "utf8"))

const napalm = (): Case[] => {
  const byFolder = Map.groupBy(globSync(join(api, "napalm-ros/*/*/_*_print.json")), dirname)
  return [...byFolder].map(([folder, files]) => ({
    name: folder.slice(api.length + 1),
    menus: Object.fromEntries(
      files.map((file) => [
        basename(file, "_print.json").replaceAll("_", "/").replace("unicast/fdb", "unicast-fdb"),
        asRows(json(file).data),
      ]),
    ),
  }))
}
const quotes = (): Case[] =>
  globSync(join(api, "issue-quotes/*.json")).flatMap((file) => {
    const { id, menu, reply, reply_trap: trap } = json(file)
    const path = String(menu)
      .replace(/^GET \/rest/, "")
      .replace(/\/(print|getall)$/, "")
    if (!path.startsWith("/") || path.includes(" ")) return []
    if (typeof trap === "string") return [{ name: String(id), menus: { [path]: trap } }]
    return Array.isArray(reply) ? [{ name: String(id), menus: { [path]: asRows(reply) } }] : []
  })

/** "0 D address=10.0.0.1 comment=two words name="x"": the properties of a row as the terminal has it. */
const parseTerse = (line: string): MenuRow => {
  const row: Record<string, string> = {}
  const [flags = "", ...pairs] = line.split(/\s(?=[a-z0-9.-]+=)/)
  for (const pair of pairs) {
    const at = pair.indexOf("=")
    row[pair.slice(0, at)] = pair
      .slice(at + 1)
      .trim()
      .replace(/^"(.*)"$/, "$1")
  }
  const has = (letter: string) => flags.replace(/^\s*\d+/, "").includes(letter)
  return {
    ...row,
    ...(has("D") ? { dynamic: "true" } : {}),
    ...(has("X") ? { disabled: "true" } : {}),
  }
}
const ntc = (): Case[] =>
  globSync(join(api, "ntc-templates/*/*.raw")).flatMap((file) => {
    const folder = basename(dirname(file))
    if (!/print_(terse|status)/.test(folder)) return []
    const path = `/${folder.replace(/_print_.*$/, "").replaceAll("_", "/")}`
    const lines = readFileSync(file, "utf8").replace(/\n {3,}(?=[a-z-]+=)/g, " ")
    const rows = lines
      .split("\n")
      .filter((line) => /^\s*\d+\s.*=/.test(line))
      .map(parseTerse)
    return rows.length === 0 ? [] : [{ name: basename(file), menus: { [path]: rows } }]
  })

/** The rows of one menu of a case: how many were seen, and those that were not. */
const compare = (
  { name }: Case,
  path: string,
  rows: readonly MenuRow[],
  items: Awaited<ReturnType<typeof replayMenus>>["items"],
) => {
  const counted = COUNTED[path]
  if (counted !== undefined) {
    const sample = samplesOf(items, "device-counts").find(({ count }) => count === counted)
    return sample?.value === rows.length
      ? { seen: rows.length, ours: [] }
      : { seen: 0, ours: [`${name} ${path}`] }
  }
  const seen = SEEN[path]
  if (seen === undefined) return { seen: 0, ours: [`${name}: ${path} is in no table`] }
  const found = rowsOf(items, seen.kind)
  const missing = rows.filter(
    (row) =>
      !found.some((each) =>
        Object.entries(seen.columns).every(
          ([column, property]) => String(each[column] ?? "") === String(row[property] ?? ""),
        ),
      ),
  )
  return {
    seen: rows.length - missing.length,
    ours: missing.map((row) => `${name} ${path} ${JSON.stringify(row)}`),
  }
}

/** Read by collectors that have tests of their own. */
const ELSEWHERE = ["/interface", "/system/"]

test("recorded rows of menus are seen, or not collected on purpose", { skip }, async (t) => {
  let [seen, onPurpose, total] = [0, 0, 0]
  const ours: string[] = []
  for (const each of [...napalm(), ...quotes(), ...ntc()]) {
    const { items } = await replayMenus(each.menus)
    for (const [path, rows] of Object.entries(each.menus)) {
      if (typeof rows === "string") continue
      const isElsewhere = path === ELSEWHERE[0] || path.startsWith(ELSEWHERE[1] ?? "")
      if (isElsewhere && SEEN[path] === undefined && ON_PURPOSE[path] === undefined) continue
      total += rows.length
      if (ON_PURPOSE[path] !== undefined) onPurpose += rows.length
      else {
        const result = compare(each, path, rows, items)
        seen += result.seen
        ours.push(...result.ours)
      }
    }
  }
  t.diagnostic(
    `${total} rows: ${seen} seen, ${onPurpose} not collected on purpose, ${ours.length} ours`,
  )
  assert.deepEqual(ours, [])
  assert.ok(seen > 0)
})
