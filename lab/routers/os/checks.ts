/** What a menu demands of the values it is given, beyond their kind. */
import { type Invocation, ScriptError } from "../script/value.ts"
import type { RouterOs } from "./os.ts"
import { groupText, scriptPolicies } from "./rights.ts"
import type { Item, Table } from "./store.ts"
import { givenProperties } from "./verbs.ts"

type Given = Map<string, string>
type Check = (os: RouterOs, given: Given, call: Invocation, item: Item | null) => void

const noMatch = (name: string): ScriptError => new ScriptError(`input does not match any value of ${name}`)

const named = (os: RouterOs, path: string, given: Given, name: string, also: readonly string[] = []): void => {
  const said = given.get(name)
  if (said !== undefined && !also.includes(said) && os.store.table(path).named(said) === undefined) throw noMatch(name)
}

/** Scripts and schedules belong to who made them, and hold no right that they had not. */
const owned: Check = (_, given, call, item) => {
  if (given.has("policy") || item === null) given.set("policy", scriptPolicies(given.get("policy"), call.runner))
  if (item === null) given.set("owner", call.runner.owner)
}

const noTwin =
  (path: string, ...names: readonly string[]): Check =>
  (os, given, _, item) => {
    if (item !== null) return
    const twin = os.store.table(path).items.some((each) => names.every((name) => each.values.get(name) === given.get(name)))
    if (twin) throw new ScriptError("failure: already have such entry")
  }

const secretLength = (given: Given, name: string): void => {
  const said = given.get(name)
  if (said !== undefined && said !== "" && said.length < 8)
    throw new ScriptError(`failure: ${name} must be at least 8 characters`)
}

const memberInterface = (os: RouterOs, given: Given): void => {
  const said = given.get("interface")
  if (said !== undefined && os.router.port(said) === undefined) throw noMatch("interface")
}

const startTimes: Check = (os, given, _, item) => {
  if (item !== null || given.has("start-time")) return
  const [date = "", time = ""] = os.date(os.now()).split(" ")
  given.set("start-date", date)
  given.set("start-time", time)
}

const CHECKS: Readonly<Record<string, readonly Check[]>> = {
  "/user": [(os, given) => named(os, "/user/group", given, "group")],
  "/user/group": [
    (os, given, _, item) => {
      if (given.has("policy") || item === null) given.set("policy", groupText(given.get("policy") ?? "", os.release.name))
    },
  ],
  "/system/script": [owned],
  "/system/scheduler": [owned, startTimes],
  "/system/logging": [(os, given) => named(os, "/system/logging/action", given, "action")],
  "/system/logging/action": [
    (_, given) => {
      if (/[^A-Za-z0-9]/.test(given.get("name") ?? ""))
        throw new ScriptError("failure: action name can contain only letters and numbers")
    },
  ],
  "/interface/list/member": [
    (os, given) => named(os, "/interface/list", given, "list"),
    memberInterface,
    noTwin("/interface/list/member", "list", "interface"),
  ],
  "/ip/firewall/address-list": [noTwin("/ip/firewall/address-list", "list", "address")],
  "/ip/service": [
    (os, given) => {
      const said = given.get("certificate")
      if (said !== undefined && said !== "none" && os.certificates.named(said) === undefined) throw noMatch("certificate")
      const port = Number(given.get("port") ?? 1)
      if (port < 1 || port > 65_535) throw new ScriptError("value of port out of range (1..65535)")
    },
  ],
  "/snmp/community": [
    (_, given) => {
      secretLength(given, "authentication-password")
      secretLength(given, "encryption-password")
    },
  ],
  "/tool/netwatch": [
    (os, given, _, item) => {
      if (item === null) for (const [name, usual] of os.netwatch.usual()) if (!given.has(name)) given.set(name, usual)
    },
  ],
  "/system/device-mode": [
    () => {
      throw new ScriptError("no such command")
    },
  ],
}

export const checked = (os: RouterOs, table: Table, call: Invocation, item: Item | null): Given => {
  const given = givenProperties(table, call)
  for (const check of CHECKS[table.plan.path] ?? []) check(os, given, call, item)
  return given
}
