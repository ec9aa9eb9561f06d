import type { Page } from "playwright-core"
import { AXE_PATH } from "./server.ts"

/**
 * Findings of axe by WCAG 2.2 AA, one line per finding: rule and element. `only`: only these rules.
 * `within`: only this element, by a selector for each shadow root on the way to it; rules of a
 * whole page do not run then.
 */
export const findings = async (
  page: Page,
  only?: readonly string[],
  within?: readonly string[],
): Promise<readonly string[]> => {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.addScriptTag({ url: AXE_PATH })
  return page.evaluate(
    async ({ only, within }) => {
      const run = Reflect.get(globalThis, "axe") as {
        run: (
          where: object,
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
      const { violations } = await run.run(
        within === undefined ? document : { include: [{ fromShadowDom: within }] },
        {
          ...(only === undefined ? all : { runOnly: { type: "rule", values: only } }),
          // What passes is not described; no rule that we use needs style sheets or media.
          resultTypes: ["violations"],
          preload: false,
        },
      )
      return violations.flatMap((each) =>
        each.nodes.map(
          (node) =>
            `${each.id}: ${JSON.stringify(node.target)} ${node.failureSummary.replaceAll(/\s+/g, " ")}`,
        ),
      )
    },
    { only, within },
  )
}
