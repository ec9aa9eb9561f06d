/** Turns of phrase that the parts share: how a row of ours is found, added once, and how a thing of the operator's is noted before it changes. */

import { has, isV6 } from "./features.ts"
import { TAG } from "./part-spec.ts"
import { quote, quoteLines } from "./quote.ts"

export const tagged = (what: string): string => `${TAG}: ${what}`

/** Conditions that hold for rows of ours and for nobody else's. */
export const OURS = `(comment=${quote(TAG)} or comment~"^${TAG}: ")`
export const OURS_BY_NAME = `(name=${quote(TAG)} or name~"^${TAG}-")`

/** Names of the operator's rows that were changed, and how they were. */
export const UNDO = `${TAG}-undo`
export const HARDEN_UNDO = `${TAG}-harden-undo`

/** `name="value" other=yes`; values are quoted, except words that RouterOS knows. */
export type Properties = Readonly<Record<string, string | { readonly word: string }>>
export const word = (text: string): { readonly word: string } => ({ word: text })
export const assignments = (properties: Properties): string =>
  Object.entries(properties)
    .map(([name, value]) => `${name}=${typeof value === "string" ? quote(value) : value.word}`)
    .join(" ")

/** Adds the row where it is not there, else brings it to what it should be. `menu` as typed: `/user group`. */
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

/** Ends the part with a reason that the report prints. */
export const failPart = (why: string): string =>
  `:local why ${quote(why)}; :set ispvmNotes ($ispvmNotes , $why); :error $why`
export const note = (what: string): string => `:set ispvmNotes ($ispvmNotes , ${quote(what)})`

/**
 * Notes once how something was: `command` is an expression whose text brings it back. `about` is looked for in what is noted, so that a
 * second run, which finds our own values, leaves the note as it is.
 */
export const noteUndo = (about: string, command: string, script = UNDO): string => {
  const source = `[/system script get [/system script find where name=${quote(script)}] source]`
  const mark = `# ${about}\n`
  return `:if ([:typeof [:find ${source} ${quote(mark)}]] = "nil") do={
  /system script set [/system script find where name=${quote(script)}] source=(${source} . ${quote(`${mark}:do { `)} . ${command} . ${quote(" } on-error={}\n")})
}
`
}

/** Blanks at the beginning of a line mean nothing, in strings that go over several neither. */
export const indented = (text: string, by = "  "): string => text.replace(/^(?=.)/gm, by)

/** `192.0.2.1` is printed `192.0.2.1/32` wherever a prefix may stand. */
export const asPrefix = (address: string): string =>
  address.includes("/") ? address : `${address}/${address.includes(":") ? 128 : 32}`
export const isIpv6 = (address: string): boolean => address.includes(":")

/** How a release makes a file from text, as commands on several lines. The old way gives a file whatever name it likes to end with `.txt`. */
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
 * A service of the router. From 7.19 on its menu also lists each connection, under the service's own name, and by that name a command meets
 * one of those at random; where there are none, `dynamic` is no property and not yes.
 */
export const serviceRow = (release: string, name: string): string =>
  `[:pick [/ip service find where name=${quote(name)}${isV6(release) ? "" : " and !(dynamic=yes)"}] 0]`

/** Where a service's list of addresses stands. */
export const serviceAddresses = (release: string): string =>
  has(release, "serviceAvailableFrom") ? "available-from" : "address"

/**
 * The whole chain and the host are checked, lists of revoked certificates are not: our authority publishes none, and where the operator has
 * `crl-use=yes` a plain `yes` would refuse the appliance for want of one.
 */
export const CHECK_CERTIFICATE = "check-certificate=yes-without-crl"
