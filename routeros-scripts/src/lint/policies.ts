/**
 * The policies that a script needs: for its own commands, and for those it runs detached. Based on
 * the manual's page on users, the only source.
 */
import { checkScript, type Release } from "../check/check.ts"
import { rightsOf } from "../companion/rights.ts"
import { nestedTexts } from "./nested-text.ts"
import { argumentValue, literalText, type Site, sitesIn } from "./walk.ts"

/** Policies that our own scripts never need are here; the others come from one place. */
const EXTRA_POLICIES: readonly (readonly [path: RegExp, policies: readonly string[]])[] = [
  [/^\/tool\/(torch|sniffer|traffic-generator)/, ["sniff"]],
  [/^\/password$/, ["password"]],
  [/^\/system\/backup\//, ["sensitive"]],
  [/^\/user\/[a-z-]+\/(add|set|remove|import)$/, ["write", "policy"]],
  [/^\/system\/device-mode\/update$/, ["write", "policy"]],
]

export const policiesOf = (path: string): readonly string[] =>
  EXTRA_POLICIES.find(([pattern]) => pattern.test(path))?.[1] ?? rightsOf(path)

export const policiesIn = (text: string | undefined): readonly string[] =>
  (text ?? "").split(",").filter((policy) => policy !== "" && !policy.startsWith("!"))

/** A policy, and the first command that needs it. */
export type Needs = ReadonlyMap<string, string>

/**
 * The policies that a text needs where it runs. It must itself hold the policies of a script that
 * it stores.
 */
export const needsOfSites = (sites: readonly Site[], release: Release): Needs => {
  const needs = new Map<string, string>()
  const need = (policies: readonly string[], path: string): void => {
    for (const policy of policies) if (!needs.has(policy)) needs.set(policy, path)
  }
  for (const site of sites) {
    if (site.kind !== "command" || (site.context.enclosing !== null && runsElsewhere(site)))
      continue
    const { command } = site
    need(policiesOf(command.path), command.path)
    if (/^\/system\/(script|scheduler)\/(add|set)$/.test(command.path))
      need(policiesIn(literalText(argumentValue(command, "policy"))), `${command.path} policy=`)
  }
  for (const [nested, content] of nestedTexts(sites))
    if (nested.runs === "detached")
      for (const [policy, path] of needsOf(content.text, release)) need([policy], path)
  return needs
}

/** Inside the braces of a stored script: runs with that script's policies. */
const runsElsewhere = (site: Site): boolean =>
  site.context.runs === "stored" || site.context.runs === "netwatch"

/** The policies of a text that is stored or imported; empty where it cannot be read. */
export const needsOf = (source: string | Uint8Array, release: Release): Needs => {
  const result = checkScript(source, release)
  return result.ok ? needsOfSites(sitesIn(result.script, "at once", false), release) : new Map()
}
