import type { Page } from "playwright-core"
import { AXE_PATH } from "./server.ts"

/**
 * Findings of axe by WCAG 2.2 AA, one line per finding: rule and element. `only`: only these rules.
 */
export const findings = async (
  page: Page,
  only?: readonly string[],
): Promise<readonly string[]> => {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.addScriptTag({ url: AXE_PATH })
  return page.evaluate(async (only) => {
    const run = Reflect.get(globalThis, "axe") as {
      run: (
        where: Document,
        options: object,
      ) => Promise<{
        violations: { id: string; nodes: { target: unknown; failureSummary: string }[] }[]
      }>
    }
    // In addition to WCAG: landmarks, and a first heading.
    const landmarks = [
      "main-is-top-level",
      "banner-is-top-level",
      "no-duplicate-banner",
      "no-duplicate-main",
      "one-main",
      "unique",
    ]
    const rules = ["page-has-heading-one", ...landmarks.map((each) => `landmark-${each}`)]
    const all = {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
      rules: Object.fromEntries(rules.map((rule) => [rule, { enabled: true }])),
    }
    const { violations } = await run.run(document, {
      ...(only === undefined ? all : { runOnly: { type: "rule", values: only } }),
      // What passes is not described; no rule that we use needs style sheets or media.
      resultTypes: ["violations"],
      preload: false,
    })
    return violations.flatMap((each) =>
      each.nodes.map(
        (node) =>
          `${each.id}: ${JSON.stringify(node.target)} ${node.failureSummary.replaceAll(/\s+/g, " ")}`,
      ),
    )
  }, only)
}
