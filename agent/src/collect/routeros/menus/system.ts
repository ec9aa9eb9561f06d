/** Packages, firmware, certificates, clock and sizes of tables. */
import type { Row } from "../client/reply.ts"
import { parseDateMs, parseDurationS, parseFlag } from "../client/values.ts"
import {
  type Answers,
  computed,
  constant,
  date,
  flag,
  type MenuCollector,
  type Moment,
  type Parts,
  text,
  until,
} from "./menu.ts"

const DAY_MS = 86_400_000

const expiryOf = (row: Row, moment: Moment): number | null =>
  until("expires-after").read(row, moment) ?? date("invalid-after").read(row, moment)

export const certificate: MenuCollector = {
  reads: "certificate",
  menus: [
    {
      path: "/certificate",
      families: [
        {
          family: "certificate",
          name: text("name"),
          values: {
            daysLeft: computed(["expires-after", "invalid-after"], (row, moment) => {
              const ms = expiryOf(row, moment)
              return ms === null ? null : (ms - moment.atMs) / DAY_MS
            }),
          },
        },
      ],
      tables: [
        {
          table: "certificates",
          key: text("name"),
          columns: {
            name: text("name"),
            commonName: text("common-name"),
            issuer: text("issuer"),
            fingerprint: text("fingerprint"),
            expiresMs: computed(["expires-after", "invalid-after"], expiryOf),
            isAuthority: flag("authority", "ca"),
            isTrusted: flag("trusted"),
            isRevoked: flag("revoked"),
            isExpired: flag("expired"),
          },
        },
      ],
    },
  ],
}

/** v7 reports `status`, v6 only that it was updated from a server. */
const isSynchronized = (client: Row | undefined): boolean | null => {
  if (client === undefined) return null
  const status = client.get("status")
  if (status !== undefined && status !== "") return status === "synchronized"
  if (client.has("enabled") && !parseFlag(client.get("enabled"))) return false
  if (client.get("last-update-from")) return true
  return client.has("enabled") ? false : null
}
/** "+03:00" in ms; null if it is absent. */
export const parseUtcOffset = (text: string | undefined): number | null => {
  const [, sign, hours, minutes] =
    /^([+-])(\d{2}):(\d{2})(?::\d{2})?$/.exec(text?.trim() ?? "") ?? []
  if (sign === undefined) return null
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}
const readClock = (answers: Answers, { atMs }: Moment): Parts => {
  const [row] = answers("/system/clock")
  const dayMs = parseDateMs(row?.get("date"))
  const timeS = parseDurationS(row?.get("time"))
  const offsetMs = parseUtcOffset(row?.get("gmt-offset"))
  // The clock is in whole seconds: on average it is half a second further.
  const clockMs =
    dayMs === null || timeS === null || offsetMs === null
      ? null
      : dayMs + timeS * 1_000 + 500 - offsetMs
  const synchronized = isSynchronized(answers("/system/ntp/client")[0])
  if (clockMs === null && synchronized === null) return {}
  const values = {
    offsetMs: clockMs === null ? null : Math.round(clockMs - atMs),
    isSynchronized: synchronized,
  }
  return { families: [{ family: "clock", name: "", values }] }
}
export const clock: MenuCollector = {
  reads: "clock",
  menus: [
    { path: "/system/clock", also: ["date", "time", "gmt-offset"] },
    {
      path: "/system/ntp/client",
      also: ["enabled", "status", "last-update-from", "synced-server"],
    },
  ],
  derive: readClock,
  note: (answers) => {
    const utcOffsetMs = parseUtcOffset(answers("/system/clock")[0]?.get("gmt-offset"))
    return utcOffsetMs === null ? {} : { utcOffsetMs }
  },
}

export const packages: MenuCollector = {
  reads: "packages",
  menus: [
    {
      path: "/system/package",
      tables: [
        {
          table: "packages",
          key: text("name"),
          columns: {
            name: text("name"),
            version: text("version"),
            isDisabled: flag("disabled"),
          },
        },
      ],
    },
    {
      path: "/system/package/update",
      tables: [
        {
          table: "packages",
          key: computed(["installed-version"], (row) =>
            row.get("installed-version") ? "RouterOS" : null,
          ),
          columns: {
            name: constant("RouterOS"),
            version: text("installed-version"),
            available: text("latest-version"),
            channel: text("channel"),
          },
        },
      ],
    },
    {
      path: "/system/routerboard",
      tables: [
        {
          table: "packages",
          key: computed(["current-firmware"], (row) =>
            row.get("current-firmware") ? "RouterBOOT" : null,
          ),
          columns: {
            name: constant("RouterBOOT"),
            version: text("current-firmware"),
            available: text("upgrade-firmware"),
          },
        },
      ],
    },
  ],
}

export const deviceCounts: MenuCollector = {
  reads: "device-counts",
  menus: [],
  counts: {
    "/ip/route": "routes",
    "/ipv6/route": "IPv6 routes",
    "/ip/firewall/connection": "connections",
    "/ip/firewall/address-list": "address list entries",
    "/ip/hotspot/active": "hotspot logins",
    "/user/active": "users logged in",
  },
}
