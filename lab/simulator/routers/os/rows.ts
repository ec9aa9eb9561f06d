/** The rows of every menu as text: configured, computed, or read-only. */
import type { Row } from "../api-query.ts"
import { certificateRow } from "./certificates.ts"
import { MENUS } from "./menu-table.ts"
import type { RouterSystem } from "./model.ts"
import type { Item } from "./store.ts"
import { textOf } from "./values.ts"
import { viewOf } from "./views.ts"

const idOf = (n: number): string => `*${n.toString(16).toUpperCase()}`

/** v7 has a status, v6 only the server that it was last updated from. */
const ntpStatus = (os: RouterSystem, item: Item): Row => {
  const isEnabled = item.values.get("enabled") === "true"
  const isSynchronized = isEnabled && !os.router.faults.has("lose-ntp")
  const server = item.values.get(os.isV6 ? "primary-ntp" : "servers") ?? ""
  if (os.isV6) return isSynchronized ? { "last-update-from": server } : {}
  return {
    status: isSynchronized ? "synchronized" : isEnabled ? "waiting" : "stopped",
    ...(isSynchronized ? { "synced-server": server, "synced-stratum": "2" } : {}),
  }
}

/** Properties that the router adds to a configured row. */
const known = (os: RouterSystem, path: string, item: Item): Row => {
  switch (path) {
    case "/system/scheduler":
      return os.scheduler.statusRow(item.id)
    case "/tool/netwatch":
      return os.netwatch.statusRow(item.id)
    case "/system/script": {
      const runs = os.runs.get(item.id)
      return runs === undefined
        ? { "run-count": "0" }
        : { "run-count": String(runs.count), "last-started": os.date(runs.lastAtMs) }
    }
    case "/snmp/community":
    case "/system/logging/action":
    case "/system/logging":
      return {
        default: String(item.factoryValues !== null),
        ...(path === "/system/logging" ? { invalid: "false" } : {}),
      }
    case "/system/ntp/client":
      return ntpStatus(os, item)
    case "/interface/list":
      return { builtin: String(item.factoryValues !== null) }
    case "/ip/service":
      return { invalid: "false" }
    case "/ip/firewall/filter":
    case "/ip/firewall/address-list":
    case "/ip/firewall/nat":
    case "/ipv6/firewall/filter":
    case "/interface/list/member":
      return { dynamic: "false" }
    default:
      return {}
  }
}

const configured = (os: RouterSystem, path: string): readonly Row[] =>
  os.store.table(path).items.map((item) => {
    const id = MENUS.get(path)?.shape === "single" ? {} : { ".id": item.id }
    return { ...id, ...Object.fromEntries(item.values), ...known(os, path, item) }
  })

export const rowsAt = (os: RouterSystem, path: string): readonly Row[] | null => {
  const nowMs = os.now()
  switch (path) {
    case "/certificate":
      return os.certificates.all.map((each) => certificateRow(each, (ms) => os.date(ms), nowMs))
    case "/file":
      return os.files.all.map((file) => {
        const contents = os.files.readableText(file)
        return {
          ".id": file.id,
          name: file.name,
          type: /\.rsc$/.test(file.name)
            ? "script"
            : /\.\w+$/.test(file.name)
              ? `.${file.name.split(".").at(-1)} file`
              : "file",
          size: String(file.bytes.length),
          [os.isV6 ? "creation-time" : "last-modified"]: os.date(file.atMs),
          ...(contents === null ? {} : { contents }),
        }
      })
    case "/system/script/job":
      return os.engine.jobs().map(({ id, name, owner, startedAtMs }) => ({
        ".id": id,
        script: name,
        owner,
        type: "command",
        started: os.date(startedAtMs),
      }))
    case "/system/script/environment":
    case "/environment":
      return os.engine.environment().map(({ owner, name, value }, n) => ({
        ".id": idOf(n + 1),
        name,
        user: owner,
        value: textOf(value),
      }))
    // The agent's API reads these too, so the rows stay as they are.
    case "/system/identity":
      return [{ name: os.store.single(path, "name") }]
    case "/system/clock": {
      const [date = "", time = ""] = os.date(os.router.clockMs(nowMs)).split(" ")
      return [
        {
          time,
          date,
          "time-zone-name": os.store.single(path, "time-zone-name"),
          "gmt-offset": "+00:00",
        },
      ]
    }
  }
  if (path === "/ip/service") return os.sessions.withConnections(configured(os, path))
  return MENUS.has(path) ? configured(os, path) : viewOf(os.router, os.network.peers(), path, nowMs)
}
