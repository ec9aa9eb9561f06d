/** The policies of RouterOS: which user may do what. */
import { isWithin as liesWithin, parseAddress, parsePrefix } from "../script/addresses.ts"
import { type Runner, ScriptError } from "../script/value.ts"
import type { Store } from "./store.ts"

const COMMON = [
  "local",
  "telnet",
  "ssh",
  "ftp",
  "reboot",
  "read",
  "write",
  "policy",
  "test",
  "winbox",
  "password",
  "web",
  "sniff",
  "sensitive",
  "api",
  "romon",
]
/** In the router's order. */
export const policiesOf = (release: string): readonly string[] =>
  release.startsWith("6.") ? [...COMMON, "dude", "tikapp"] : [...COMMON, "rest-api"]
/** Policies that a script may have. */
export const SCRIPT_POLICIES = [
  "ftp",
  "reboot",
  "read",
  "write",
  "policy",
  "test",
  "password",
  "sniff",
  "sensitive",
  "romon",
] as const

export const NOT_PERMITTED = "not enough permissions (9)"
export const requirePolicy = (runner: Runner, policy: string): void => {
  if (!runner.policies.has(policy)) throw new ScriptError(NOT_PERMITTED)
}

/** As a group prints: the granted policies, then all others negated. */
export const groupText = (policies: string, release: string): string => {
  const all = policiesOf(release)
  const requested = new Set(
    policies.split(",").filter((word) => word !== "" && !word.startsWith("!")),
  )
  for (const word of requested)
    if (!all.includes(word)) throw new ScriptError("input does not match any value of policy")
  return [
    ...all.filter((word) => requested.has(word)),
    ...all.filter((word) => !requested.has(word)).map((word) => `!${word}`),
  ].join(",")
}

export const granted = (text: string): ReadonlySet<string> =>
  new Set(text.split(",").filter((word) => word !== "" && !word.startsWith("!")))

export const policiesOfUser = (store: Store, name: string): ReadonlySet<string> => {
  const user = store.table("/user").named(name)
  const group = store.table("/user/group").named(user?.values.get("group") ?? "")
  return user === undefined || user.values.get("disabled") === "true"
    ? new Set()
    : granted(group?.values.get("policy") ?? "")
}

/**
 * A script's own policies: the given ones, otherwise those of its creator. More than these are
 * rejected.
 */
export const scriptPolicies = (requested: string | undefined, runner: Runner): string => {
  const known = SCRIPT_POLICIES.filter(
    (word) => requested === undefined || requested.split(",").includes(word),
  )
  if (requested === undefined) return known.filter((word) => runner.policies.has(word)).join(",")
  for (const word of requested.split(",")) {
    if (word !== "" && !SCRIPT_POLICIES.some((one) => one === word))
      throw new ScriptError("input does not match any value of policy")
    if (word !== "" && !runner.policies.has(word)) throw new ScriptError(NOT_PERMITTED)
  }
  return known.join(",")
}

/** Compares major and minor only: changes within a minor release are not simulated. */
export const isBefore = (release: string, other: string): boolean => {
  const [a = 0, b = 0] = release.split(".").map((part) => Number.parseInt(part, 10))
  const [c = 0, d = 0] = other.split(".").map((part) => Number.parseInt(part, 10))
  return a < c || (a === c && b < d)
}

const prefixOf = (text: string) =>
  parsePrefix(text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`)

/**
 * Whether an address is in one of the prefixes of a list; an empty list contains every address, and
 * so does all of IPv6 as RouterOS writes it.
 */
export const isWithin = (list: string, address: string): boolean => {
  const from = parseAddress(address.replace(/^::ffff:/, ""))
  const prefixes = list.split(",").filter((each) => each !== "")
  return (
    prefixes.length === 0 ||
    prefixes.includes("::/0") ||
    prefixes.some((each) => {
      const prefix = prefixOf(each)
      return from !== undefined && prefix !== undefined && liesWithin(from, prefix)
    })
  )
}
