/** Which policies a script needs: by its commands, and by those of what it detaches. After the manual's page on users; nothing more is known. */
import { checkScript, type Release } from "../check/check.ts"
import { rightsOf } from "../companion/rights.ts"
import { nestedTexts } from "./nested-text.ts"
import { argumentValue, literalText, type Site, sitesIn } from "./walk.ts"

/** What our own scripts never ask for stands here; the rest is told in one place. */
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

/** Policy, and the first command that needs it. */
export type Needs = ReadonlyMap<string, string>

/** What a text needs where it runs. A script that it keeps with certain policies it has to hold itself. */
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

/** In braces of a script that is kept: it runs with that script's policies. */
const runsElsewhere = (site: Site): boolean =>
  site.context.runs === "stored" || site.context.runs === "netwatch"

/** What a text needs that is kept or imported; nothing where it cannot be read. */
export const needsOf = (source: string | Uint8Array, release: Release): Needs => {
  const result = checkScript(source, release)
  return result.ok ? needsOfSites(sitesIn(result.script, "at once", false), release) : new Map()
}
