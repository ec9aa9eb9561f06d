/**
 * Commands that the parts share: finding a row of ours, adding it once, and noting a row of the
 * operator before it changes.
 */

import { has, isV6 } from "./features.ts"
import { TAG } from "./part-spec.ts"
import { quote, quoteLines } from "./quote.ts"

export const tagged = (what: string): string => `${TAG}: ${what}`

/** Conditions that match our rows and no others. */
export const OURS = `(comment=${quote(TAG)} or comment~"^${TAG}: ")`
export const OURS_BY_NAME = `(name=${quote(TAG)} or name~"^${TAG}-")`

/** Scripts that hold the changed rows of the operator with their previous values. */
export const UNDO = `${TAG}-undo`
export const HARDEN_UNDO = `${TAG}-harden-undo`

/** `name="value" other=yes`; values are quoted, except words of RouterOS. */
export type Properties = Readonly<Record<string, string | { readonly word: string }>>
export const word = (text: string): { readonly word: string } => ({ word: text })
export const assignments = (properties: Properties): string =>
  Object.entries(properties)
    .map(([name, value]) => `${name}=${typeof value === "string" ? quote(value) : value.word}`)
    .join(" ")

/** Adds the row where it is missing, otherwise sets its values. `menu` as typed: `/user group`. */
export const addOrSet = (menu: string, by: Properties, values: Properties): string =>
  `:if ([:len [${menu} find where ${where(by)}]] = 0) do={
  ${menu} add ${assignments({ ...by, ...values })}
} else={
  ${menu} set [${menu} find where ${where(by)}] ${assignments(values)}
}
`
export const addOnce = (menu: string, by: Properties, values: Properties): string =>
  `:if ([:len [${menu} find where ${where(by)}]] = 0) do={
  ${menu} add ${assignments({ ...by, ...values })}
}
`
export const where = (by: Properties): string =>
  Object.entries(by)
    .map(([name, value]) => `${name}=${typeof value === "string" ? quote(value) : value.word}`)
    .join(" and ")

/** Ends the part with a reason, which the report prints. */
export const failPart = (why: string): string =>
  `:local why ${quote(why)}; :set ispvmNotes ($ispvmNotes , $why); :error $why`
export const note = (what: string): string => `:set ispvmNotes ($ispvmNotes , ${quote(what)})`

/**
 * Notes a previous state once: `command` is an expression whose text restores it. `about` is
 * searched in the noted text, so that a second run, which sees our own values, does not change the
 * note.
 */
export const noteUndo = (about: string, command: string, script = UNDO): string => {
  const source = `[/system script get [/system script find where name=${quote(script)}] source]`
  const mark = `# ${about}\n`
  return `:if ([:typeof [:find ${source} ${quote(mark)}]] = "nil") do={
  /system script set [/system script find where name=${quote(script)}] source=(${source} . ${quote(`${mark}:do { `)} . ${command} . ${quote(" } on-error={}\n")})
}
`
}

/** Blanks at the start of a line have no meaning, except in strings over several lines. */
export const indented = (text: string, by = "  "): string => text.replace(/^(?=.)/gm, by)

/** RouterOS prints `192.0.2.1` as `192.0.2.1/32` wherever a prefix is allowed. */
export const asPrefix = (address: string): string =>
  address.includes("/") ? address : `${address}/${address.includes(":") ? 128 : 32}`
export const isIpv6 = (address: string): boolean => address.includes(":")

/**
 * How a release creates a file from text, as commands on several lines. The old way makes every
 * file name end with `.txt`.
 */
export const asFile = (
  release: string,
  name: string,
): { readonly name: string; readonly make: (text: string) => string } =>
  has(release, "fileAdd")
    ? {
        name: `${name}.pem`,
        make: (text) => `/file remove [/file find where name=${quote(`${name}.pem`)}]
  /file add name=${quote(`${name}.pem`)} contents=${quoteLines(text, "    ")}
  :delay 1s`,
      }
    : {
        name: `${name}.txt`,
        make: (text) => `/file print file=${quote(name)} where name=${quote(name)}
  :delay 2s
  /file set [/file find where name=${quote(`${name}.txt`)}] contents=${quoteLines(text, "    ")}
  :delay 1s`,
      }

/**
 * A service of the router. From 7.19 on, its menu also lists each connection under the service's
 * own name, so a command with that name may match a connection. Where none are listed, `dynamic` is
 * not a property and does not equal yes.
 */
export const serviceRow = (release: string, name: string): string =>
  `[:pick [/ip service find where name=${quote(name)}${isV6(release) ? "" : " and !(dynamic=yes)"}] 0]`

/** The property that holds the allowed addresses of a service. */
export const serviceAddresses = (release: string): string =>
  has(release, "serviceAvailableFrom") ? "available-from" : "address"

/**
 * Checks the chain and the host, but no revocation lists: our authority publishes none, and where
 * the operator has `crl-use=yes`, a plain `yes` would reject the appliance.
 */
export const CHECK_CERTIFICATE = "check-certificate=yes-without-crl"
