/** What a line of a RouterOS log means, where it means something to us; most lines are kept as they came. Pure. */

import type { z } from "zod"
import type { EventName } from "../wire/wire.ts"

export type Meaning = {
  readonly name: z.infer<typeof EventName>
  readonly interface: string | null
  readonly attributes: Readonly<Record<string, string>>
}

const defined = (attributes: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([key, value]) => (value === undefined || value === "" ? [] : [[key, value]])),
  )

type Shape = { readonly pattern: RegExp; readonly means: (groups: readonly (string | undefined)[]) => Meaning }
const plain = (name: Meaning["name"], attributes: Readonly<Record<string, string | undefined>>): Meaning => ({
  name,
  interface: null,
  attributes: defined(attributes),
})

// Names may hold spaces and <>; users may be empty or hold spaces; an address may be IPv4, IPv6, a MAC, or missing.
const SHAPES: readonly Shape[] = [
  {
    pattern: /^(\S.*?) link up(?: \((.*)\))?$/,
    means: ([, name, how]) => ({ name: "link-up", interface: name ?? null, attributes: defined({ how }) }),
  },
  {
    pattern: /^(\S.*?) link down(?: \((.*)\))?$/,
    means: ([, name, how]) => ({ name: "link-down", interface: name ?? null, attributes: defined({ how }) }),
  },
  {
    pattern: /^login failure for user (.*?)(?: from (\S+))?(?: via (\S+))?$/,
    means: ([, user, from, via]) => plain("login-failed", { user: user?.trim(), from, via }),
  },
  {
    pattern: /^user (.*?) logged (in|out)(?: from (\S+))?(?: via (\S+))?$/,
    means: ([, user, way, from, via]) => plain("login", { user, way, from, via }),
  },
  { pattern: /^router was rebooted without proper shutdown\b/, means: () => plain("rebooted", { proper: "no" }) },
  { pattern: /^router rebooted\b/, means: () => plain("rebooted", {}) },
  {
    // v6: "… changed by admin"; v7: "… changed by winbox-3.1:admin@192.0.2.1/terminal/action:1 (/ip address set …)"
    pattern:
      /^(.+?) (added|removed|changed|moved|enabled|disabled) by (?:\S+?:)?([^\s@/:]+)(?:@(\S+?))?(?:\/\S*)?(?: \(([\s\S]*)\))?$/,
    means: ([, what, how, user, from, command]) => plain("config-changed", { what, how, user, from, command }),
  },
]

/** A rule's prefix stands before the message as `prefix: `. */
const PREFIX = /^[^\s:]{1,64}: +(?=\S)/
const SHOUT_CHARS = 2_048

const meaningOfText = (message: string): Meaning | null => {
  for (const { pattern, means } of SHAPES) {
    const match = pattern.exec(message)
    if (match !== null) return means(match)
  }
  return null
}

/** Null: a line like any other. Firewall lines are never taken for more, for what they hold is written by strangers. */
export const meaningOf = (message: string, topics: readonly string[]): Meaning | null => {
  const text = message.trim()
  if (text.length > SHOUT_CHARS || topics.includes("firewall") || topics.includes("packet")) return null
  return (PREFIX.test(text) ? meaningOfText(text.replace(PREFIX, "")) : null) ?? meaningOfText(text)
}
