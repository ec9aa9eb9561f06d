/** Global variables belong to one user: other users do not see the globals of netwatch. */
import { checkScript, type Release } from "../check/check.ts"
import type { Found, Rule, Text } from "./rule.ts"
import { argumentValue, literalText, type Site, sitesIn } from "./walk.ts"

const globalsIn = (sites: readonly Site[]): readonly string[] =>
  sites.flatMap((site) =>
    site.kind === "command" && site.command.path === "/global"
      ? (literalText(argumentValue(site.command, "name")) ?? [])
      : [],
  )
const sitesOf = (text: string, release: Release): readonly Site[] => {
  const result = checkScript(text, release)
  return result.ok ? sitesIn(result.script, "at once", false) : []
}

/** Scripts that a text runs by name, directly or detached. */
const runIn = (text: string): readonly string[] =>
  [
    ...text.matchAll(
      /system[ /]script[ /]run[ ]+(?:\[find (?:where )?name=)?\\?"?([A-Za-z0-9_-]+)/g,
    ),
  ].flatMap(([, name]) => name ?? [])

const sharedWithNetwatch = ({ sites, nestedTexts, release }: Text): readonly Found[] => {
  const stored = new Map(
    nestedTexts.flatMap(([{ command }, { text }]) => {
      const name =
        command.path === "/system/script/add"
          ? literalText(argumentValue(command, "name"))
          : undefined
      return name === undefined ? [] : [[name, text] as const]
    }),
  )
  const byNetwatch = new Set<string>()
  const follow = (text: string): void => {
    if (byNetwatch.has(text)) return
    byNetwatch.add(text)
    for (const name of runIn(text)) follow(stored.get(name) ?? "")
  }
  const netwatchTexts = nestedTexts.filter(([{ runs }]) => runs === "netwatch")
  for (const [, { text }] of netwatchTexts) follow(stored.get(text) ?? text)
  const theirs = new Set([
    ...globalsIn(sites.filter(({ context }) => context.isNetwatch)),
    ...[...byNetwatch].flatMap((text) => globalsIn(sitesOf(text, release))),
  ])
  if (theirs.size === 0) return []
  const others = nestedTexts.flatMap(([nested, { text }]) =>
    byNetwatch.has(text) || nested.isNetwatch
      ? []
      : globalsIn(sitesOf(text, release)).map((name) => ({ name, span: nested.value.span })),
  )
  const here = sites.flatMap((site) =>
    site.kind === "command" && !site.context.isNetwatch
      ? globalsIn([site]).map((name) => ({ name, span: site.command.span }))
      : [],
  )
  return [...others, ...here].flatMap(({ name, span }) =>
    theirs.has(name) ? [{ span, detail: name }] : [],
  )
}

export const GLOBALS_RULES: readonly Rule[] = [
  {
    id: "netwatch-global",
    kind: "read",
    what: "a global variable shared between scripts of netwatch and others",
    why: "netwatch runs its scripts as a system user; globals set there are not visible to schedulers or users",
    bad: '/tool netwatch add host=192.0.2.1 down-script=":global seen; :set seen 1"\n/system scheduler add name=x policy=read on-event=":global seen; :put \\$seen"',
    good: '/tool netwatch add host=192.0.2.1 down-script=":global seen; :set seen 1"\n/system scheduler add name=x policy=read on-event=":global other; :put \\$other"',
    check: sharedWithNetwatch,
  },
]
