/**
 * docs/metrics.md, from the rows of metric families: `npm run docs:metrics` writes it, and a test
 * compares it with the rows.
 */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { entityOf, FAMILIES, type Family, metricsOf } from "../agent/wire/families/public.ts"

export const PAGE = join(import.meta.dirname, "../docs/metrics.md")

/** How long values are kept, by class; a test compares it with `ispvm.retention`. */
export const KEEP: Readonly<Record<string, string>> = {
  raw: "14 days",
  probe: "3 days",
  "5m": "90 days",
  "1h": "1 year",
}

const INTRO = `# Metrics

Every metric that the appliance stores, by family. The UI API, alert rules and exports use these
names and units. \`GET /api/v1/metric-families\` answers the same as JSON, and
\`GET /api/v1/devices/{id}/series?family=…\` the values.

- *Kind*: a \`gauge\` goes up and down, a \`rate\` is per second, a \`counter\` grows until it restarts,
  a \`state\` is one of the values listed with its code. A higher code is worse.
- *Rule*: an alert rule may reference it.
- A value that the device does not report is null, and a gap in charts.

This page is generated from \`agent/wire/families\` by \`npm run docs:metrics\`. Do not edit it.
`

const rolledUp = ({ storage }: Family): string => {
  const widths = storage.rollups.map((width) => {
    const name = width === "5m" ? "five minutes" : "hours"
    return `${name} ${KEEP[width]}`
  })
  return `Single values are kept ${KEEP[storage.retention]}, ${widths.join(", ")}.`
}

const kindsOf = (family: Family): ReadonlyMap<string, string> =>
  new Map([
    ...family.fields.map(({ field }) => [field.metric, field.kind] as const),
    ...family.derived.map(({ metric }) => [metric, "gauge"] as const),
  ])

const section = (family: Family): string => {
  const kinds = kindsOf(family)
  const rows = metricsOf(family).map((metric) => {
    const states = Object.entries(metric.states ?? {}).map(([name, code]) => `${name} = ${code}`)
    const text = [metric.description, ...(states.length > 0 ? [states.join(", ")] : [])].join(": ")
    const unit = metric.unit === "sample" ? "its own" : metric.unit
    const rule = metric.isRuleMetric ? "yes" : "no"
    return `| \`${metric.metric}\` | ${unit} | ${kinds.get(metric.metric)} | ${rule} | ${text} |`
  })
  return [
    `## ${family.title}`,
    "",
    `${family.description}.`,
    "",
    `Family \`${family.name}\`, one value for each ${entityOf(family)}.`,
    rolledUp(family),
    "",
    "| metric | unit | kind | rule | description |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n")
}

export const metricsPage = (families: readonly Family[]): string =>
  [INTRO, ...families.map(section)].join("\n")

const HELP = `npm run docs:metrics

Writes docs/metrics.md from the rows of the metric families (agent/wire/families).`

if (import.meta.main) {
  if (process.argv.includes("--help")) console.log(HELP)
  else writeFileSync(PAGE, metricsPage(FAMILIES))
}
