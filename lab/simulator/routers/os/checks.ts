/** Checks of a menu for its values, beyond their kind. */
import { type Invocation, ScriptError } from "../script/value.ts"
import type { RouterSystem } from "./model.ts"
import { groupText, scriptPolicies } from "./policies.ts"
import type { Item, Table } from "./store.ts"
import { propertiesOf } from "./verbs.ts"

type Properties = Map<string, string>
type Check = (os: RouterSystem, properties: Properties, call: Invocation, item: Item | null) => void

const noMatch = (name: string): ScriptError =>
  new ScriptError(`input does not match any value of ${name}`)

const requireNamed = (
  os: RouterSystem,
  path: string,
  properties: Properties,
  name: string,
  also: readonly string[] = [],
): void => {
  const value = properties.get(name)
  if (
    value !== undefined &&
    !also.includes(value) &&
    os.store.table(path).named(value) === undefined
  )
    throw noMatch(name)
}

/**
 * Scripts and schedules belong to the user who created them, and have none but that user's
 * policies.
 */
const owned: Check = (_, properties, call, item) => {
  if (properties.has("policy") || item === null)
    properties.set("policy", scriptPolicies(properties.get("policy"), call.runner))
  if (item === null) properties.set("owner", call.runner.owner)
}

const unique =
  (path: string, ...names: readonly string[]): Check =>
  (os, properties, _, item) => {
    if (item !== null) return
    const isDuplicate = os.store
      .table(path)
      .items.some((each) => names.every((name) => each.values.get(name) === properties.get(name)))
    if (isDuplicate) throw new ScriptError("failure: already have such entry")
  }

const secretLength = (properties: Properties, name: string): void => {
  const value = properties.get(name)
  if (value !== undefined && value !== "" && value.length < 8)
    throw new ScriptError(`failure: ${name} must be at least 8 characters`)
}

const memberInterface = (os: RouterSystem, properties: Properties): void => {
  const value = properties.get("interface")
  if (value !== undefined && os.router.port(value) === undefined) throw noMatch("interface")
}

const startTimes: Check = (os, properties, _, item) => {
  if (item !== null || properties.has("start-time")) return
  const [date = "", time = ""] = os.date(os.now()).split(" ")
  properties.set("start-date", date)
  properties.set("start-time", time)
}

const CHECKS: Readonly<Record<string, readonly Check[]>> = {
  "/user": [(os, properties) => requireNamed(os, "/user/group", properties, "group")],
  "/user/group": [
    (os, properties, _, item) => {
      if (properties.has("policy") || item === null)
        properties.set("policy", groupText(properties.get("policy") ?? "", os.release.name))
    },
  ],
  "/system/script": [owned],
  "/system/scheduler": [owned, startTimes],
  "/system/logging": [
    (os, properties) => requireNamed(os, "/system/logging/action", properties, "action"),
  ],
  "/system/logging/action": [
    (_, properties) => {
      if (/[^A-Za-z0-9]/.test(properties.get("name") ?? ""))
        throw new ScriptError("failure: action name can contain only letters and numbers")
    },
  ],
  "/interface/list/member": [
    (os, properties) => requireNamed(os, "/interface/list", properties, "list"),
    memberInterface,
    unique("/interface/list/member", "list", "interface"),
  ],
  "/ip/firewall/address-list": [unique("/ip/firewall/address-list", "list", "address")],
  "/ip/service": [
    (os, properties) => {
      const value = properties.get("certificate")
      if (value !== undefined && value !== "none" && os.certificates.named(value) === undefined)
        throw noMatch("certificate")
      const port = Number(properties.get("port") ?? 1)
      if (port < 1 || port > 65_535) throw new ScriptError("value of port out of range (1..65535)")
    },
  ],
  "/snmp/community": [
    (_, properties) => {
      secretLength(properties, "authentication-password")
      secretLength(properties, "encryption-password")
    },
  ],
  "/tool/netwatch": [
    (os, properties, _, item) => {
      if (item === null)
        for (const [name, defaultValue] of os.netwatch.defaults())
          if (!properties.has(name)) properties.set(name, defaultValue)
    },
  ],
  "/system/device-mode": [
    () => {
      throw new ScriptError("no such command")
    },
  ],
}

export const checkedProperties = (
  os: RouterSystem,
  table: Table,
  call: Invocation,
  item: Item | null,
): Properties => {
  const properties = propertiesOf(table, call)
  for (const check of CHECKS[table.plan.path] ?? []) check(os, properties, call, item)
  return properties
}
