/**
 * The differences between releases, in one table; every generator of a part uses it. Rows for
 * RouterOS 7 come from the command trees (the test compares all of them) and the manual; rows for 6
 * come from documentation only.
 */
import { compareReleases } from "../check/release.ts"
import type { NetwatchType } from "./desired-config.ts"

/**
 * Available from `since` on, and before `until`. `command` and `argument`: how the trees show it;
 * null where they do not (values, behaviour).
 */
type Row = {
  readonly since: string
  readonly until?: string
  readonly command: string | null
  readonly argument?: string
}

export const FEATURES = {
  /** Creates a file in one step. Older releases use `print file=`. */
  fileAdd: { since: "7.9", command: "/file/add", argument: "contents" },
  /** `:onerror` provides the text of an error. */
  onError: { since: "7.13", command: "/onerror", argument: "in" },
  /**
   * Boards are shipped with fetch or scheduler forbidden. The menu is older, but had no effect on
   * these.
   */
  deviceMode: { since: "7.17", command: null },
  restApi: { since: "7.1", command: null },
  /** The menus of IPv6 are part of the main package. */
  ipv6: { since: "7.0", command: "/ipv6/firewall/filter/add", argument: "chain" },
  bsdSyslog: {
    since: "6.0",
    until: "7.18",
    command: "/system/logging/action/add",
    argument: "bsd-syslog",
  },
  remoteLogFormat: {
    since: "7.18",
    command: "/system/logging/action/add",
    argument: "remote-log-format",
  },
  addTopicsString: {
    since: "7.22",
    command: "/system/logging/action/add",
    argument: "add-topics-string",
  },
  fetchOutput: { since: "7.0", command: "/tool/fetch", argument: "output" },
  fetchIdleTimeout: { since: "7.16", command: "/tool/fetch", argument: "idle-timeout" },
  /** The property for the allowed addresses of a service; `address` before. */
  serviceAvailableFrom: { since: "7.24", command: "/ip/service/set", argument: "available-from" },
  /** Netwatch waits five minutes after a restart, unless configured otherwise. */
  netwatchStartupDelay: { since: "7.9", command: "/tool/netwatch/add", argument: "startup-delay" },
  /** Netwatch beyond a ping: types, thresholds, and a script after every test. */
  netwatchTypes: { since: "7.4", command: "/tool/netwatch/add", argument: "type" },
  netwatchTestScript: { since: "7.4", command: "/tool/netwatch/add", argument: "test-script" },
  netwatchDns: { since: "7.16", command: "/tool/netwatch/add", argument: "dns-server" },
} as const satisfies Readonly<Record<string, Row>>
export type Feature = keyof typeof FEATURES

/** The rows with wider types, for code that iterates over the table. */
export const featureRows: readonly (readonly [Feature, Row])[] = Object.keys(FEATURES).flatMap(
  (name) => {
    const found = Object.entries(FEATURES).find(([each]) => each === name)
    return found === undefined ? [] : [[name as Feature, found[1]] as const]
  },
)

export const has = (release: string, feature: Feature): boolean => {
  const { since, until }: Row = FEATURES[feature]
  return (
    compareReleases(release, since) >= 0 &&
    (until === undefined || compareReleases(release, until) < 0)
  )
}

export const isV6 = (release: string): boolean => release.startsWith("6.")

export const supportsNetwatch = (release: string, type: NetwatchType): boolean =>
  type === "simple" ||
  (type === "dns" ? has(release, "netwatchDns") : has(release, "netwatchTypes"))

/** 7.18 and all its patches: 7018. */
export const minorOf = (release: string): number => {
  const [major = "", minor = ""] = release.split(".")
  return Number.parseInt(major, 10) * 1000 + Number.parseInt(minor, 10)
}

/**
 * The releases for which the same script would be generated: from the last change of the table at
 * or before this release up to the next change. A script checks that its router is among them.
 */
export const sameAs = (release: string): { readonly from: number; readonly to: number } => {
  const here = minorOf(release)
  const changes = Object.values(FEATURES)
    .flatMap((row: Row) => [row.since, ...(row.until === undefined ? [] : [row.until])])
    .map(minorOf)
  const from = Math.max(...changes.filter((each) => each <= here))
  const later = changes.filter((each) => each > here)
  return {
    from,
    to: later.length === 0 ? Math.floor(here / 1000) * 1000 + 999 : Math.min(...later) - 1,
  }
}
