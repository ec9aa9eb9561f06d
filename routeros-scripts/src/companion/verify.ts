/** Compares a router with its script: which menus to read, and the differences. */
import { HARDEN_UNDO } from "./commands.ts"
import type { DesiredConfig, Drift, MenuRead, MenuRows } from "./desired-config.ts"
import { has } from "./features.ts"
import { onboardParts } from "./onboard.ts"
import { type ExpectedRow, TAG } from "./part-spec.ts"
import { CERTIFICATE } from "./parts/api-service.ts"

type Row = Readonly<Record<string, string>>

/**
 * Menus that may have rows of ours: always read, so that rows of an earlier script are found. `by`:
 * the property with the tag.
 */
const TAGGED: readonly (readonly [
  menu: string,
  by: "comment" | "name",
  names: readonly string[],
])[] = [
  ["/certificate", "name", ["name", "fingerprint"]],
  ["/user", "comment", ["name", "comment"]],
  ["/user/group", "name", ["name"]],
  ["/snmp/community", "comment", ["name", "comment"]],
  ["/ip/firewall/filter", "comment", ["comment", "chain", "action", "disabled"]],
  ["/ip/firewall/address-list", "comment", ["list", "comment"]],
  ["/ipv6/firewall/filter", "comment", ["comment", "chain", "action", "disabled"]],
  ["/ipv6/firewall/address-list", "comment", ["list", "comment"]],
  ["/system/logging/action", "name", ["name"]],
  ["/system/script", "name", ["name"]],
  ["/system/scheduler", "name", ["name"]],
  ["/tool/netwatch", "comment", ["host", "comment"]],
]

/** Our rows whose presence depends on the router's previous state and on hardening. */
const OPTIONAL_ROWS: readonly (readonly [menu: string, name: string])[] = [
  ["/certificate", CERTIFICATE],
  ["/system/script", HARDEN_UNDO],
  ["/system/scheduler", HARDEN_UNDO],
]

/**
 * RouterOS 6 drops all properties after a name that it does not know, so the properties that every
 * menu has come first.
 */
const orderOf = (name: string): number => (name === "name" ? 0 : name === "comment" ? 2 : 1)
const byOrder = (a: string, b: string): number => orderOf(a) - orderOf(b) || (a < b ? -1 : 1)

type Expected = ExpectedRow & { readonly part: string }
const expectedOf = (desired: DesiredConfig): readonly Expected[] =>
  onboardParts(desired).flatMap((spec) => spec.expects.map((each) => ({ ...each, part: spec.id })))

const taggedMenus = (desired: DesiredConfig) =>
  TAGGED.filter(([menu]) => !menu.startsWith("/ipv6/") || has(desired.release, "ipv6"))

export const menuReadsFor = (desired: DesiredConfig): readonly MenuRead[] => {
  const menus = new Map<string, Set<string>>()
  const add = (menu: string, names: readonly string[]): void => {
    const known = menus.get(menu) ?? new Set<string>()
    for (const name of names) known.add(name)
    menus.set(menu, known)
  }
  for (const { menu, by, want } of expectedOf(desired))
    add(menu, [...Object.keys(by), ...Object.keys(want)])
  for (const [menu, , names] of taggedMenus(desired)) add(menu, names)
  return [...menus].map(([menu, names]) => ({ menu, properties: [...names].sort(byOrder) }))
}

// ── comparing ──

const UNITS: Readonly<Record<string, number>> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
}
/** `1m`, `00:01:00` and `60s` are the same time; null: not a time. */
const millisOf = (text: string): number | null => {
  const clock = /^(?:(\d+)w)?(?:(\d+)d)?(\d+):(\d\d):(\d\d)(?:\.(\d+))?$/.exec(text)
  if (clock !== null) {
    const [weeks, days, hours, minutes, seconds] = clock
      .slice(1, 6)
      .map((each) => Number(each ?? 0))
    return (
      ((((weeks ?? 0) * 7 + (days ?? 0)) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60_000 +
      (seconds ?? 0) * 1000
    )
  }
  if (!/^(\d+(w|d|h|ms|m|s))+$/.test(text)) return null
  return [...text.matchAll(/(\d+)(ms|[wdhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ""] ?? 0),
    0,
  )
}

const BOOLEANS: Readonly<Record<string, string>> = { yes: "true", no: "false" }
/**
 * An address alone equals the same address with a full mask. Only the last characters are compared,
 * as many as an address can have.
 */
const withoutHostMask = (text: string): string => {
  const end = text.slice(-48)
  if (/\.\d{1,3}\/32$/.test(end)) return text.slice(0, -"/32".length)
  return /:[0-9A-Fa-f]{0,4}\/128$/.test(end) ? text.slice(0, -"/128".length) : text
}
const itemOf = (text: string): string => {
  const item = BOOLEANS[text.trim()] ?? withoutHostMask(text.trim())
  return String(millisOf(item) ?? item)
}

/**
 * One spelling for values that the router prints in several: order, masks of single addresses,
 * times, yes and no, policies that are not held.
 */
const normalized = (name: string, value: string): string => {
  if (name === "source" || name.endsWith("script") || name === "on-event")
    return value.replaceAll("\r\n", "\n").trimEnd()
  if (name === "comment" || name === "name") return value
  return [...new Set(value.split(",").map(itemOf))]
    .filter((item) => name !== "policy" || !item.startsWith("!"))
    .sort()
    .join(",")
}

/** A row that was never disabled may lack the property (netwatch). */
const isSame = (name: string, expected: string, found: string | undefined): boolean =>
  normalized(name, expected) === normalized(name, found ?? (name === "disabled" ? "false" : ""))

const fits = (row: Row, by: Readonly<Record<string, string>>): boolean =>
  Object.entries(by).every(([name, value]) => isSame(name, value, row[name]))

/**
 * Rules that let the agents in exist only where something drops; all other expected rows always
 * exist.
 */
const isApplicable = (
  { menu }: ExpectedRow,
  rows: readonly Row[] | null,
  all: MenuRows,
): boolean => {
  const filter = /^\/(ip|ipv6)\/firewall\/(filter|address-list)$/.exec(menu)
  if (filter === null) return true
  const rules = filter[2] === "filter" ? rows : (all.get(`/${filter[1]}/firewall/filter`) ?? null)
  return (rules ?? []).some(
    (row) =>
      row.chain === "input" &&
      (row.action === "drop" || row.action === "reject") &&
      !isSame("", "true", row.disabled),
  )
}

const labelOf = (
  menu: string,
  by: Readonly<Record<string, string>>,
  secret: readonly string[],
): string =>
  [
    menu,
    ...Object.entries(by)
      .filter(([name]) => !secret.includes(name))
      .map(([, value]) => value),
  ].join(" ")

const driftIn = (expected: Expected, all: MenuRows): readonly Drift[] => {
  const { part, menu, by, want, secret } = expected
  const rows = all.get(menu) ?? null
  const what = labelOf(menu, by, secret)
  if (rows === null) return [{ part, kind: "unreadable", what: menu, wanted: null, found: null }]
  if (!isApplicable(expected, rows, all)) return []
  const found = rows.find((row) => fits(row, by))
  if (found === undefined) return [{ part, kind: "missing", what, wanted: null, found: null }]
  return Object.entries(want)
    .filter(([name, value]) => !isSame(name, value, found[name]))
    .map(([name, value]) => ({
      part,
      kind: "changed",
      what: `${what} ${name}`,
      wanted: secret.includes(name) ? null : value,
      found: secret.includes(name) ? null : (found[name] ?? ""),
    }))
}

const isOurs = (row: Row, by: "comment" | "name"): boolean => {
  const text = row[by] ?? ""
  return text === TAG || text.startsWith(by === "name" ? `${TAG}-` : `${TAG}: `)
}

const extraIn = (
  desired: DesiredConfig,
  expected: readonly Expected[],
  all: MenuRows,
): readonly Drift[] =>
  taggedMenus(desired).flatMap(([menu, by]) =>
    (all.get(menu) ?? [])
      .filter((row) => isOurs(row, by))
      .filter((row) => !OPTIONAL_ROWS.some(([where, name]) => where === menu && row.name === name))
      .filter((row) => !expected.some((each) => each.menu === menu && fits(row, each.by)))
      .map(
        (row): Drift => ({
          part: "extra",
          kind: "extra",
          what: `${menu} ${row[by] ?? ""}`,
          wanted: null,
          found: null,
        }),
      ),
  )

/** A menu that could not be read is reported once. */
const withoutDuplicates = (drift: readonly Drift[]): readonly Drift[] =>
  drift.filter(
    (each, at) =>
      each.kind !== "unreadable" ||
      drift.findIndex((other) => other.kind === "unreadable" && other.what === each.what) === at,
  )

export const driftOf = (desired: DesiredConfig, rows: MenuRows): readonly Drift[] => {
  const expected = expectedOf(desired)
  return [
    ...withoutDuplicates(expected.flatMap((each) => driftIn(each, rows))),
    ...extraIn(desired, expected, rows),
  ]
}
