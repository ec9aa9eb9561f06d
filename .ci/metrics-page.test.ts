import assert from "node:assert/strict"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { defineFamily, FAMILIES, gauge, state } from "../agent/wire/families/public.ts"
import { KEEP, metricsPage, PAGE } from "./metrics-page.ts"

test("docs/metrics.md is what the rows of the families say", () => {
  assert.equal(readFileSync(PAGE, "utf8"), metricsPage(FAMILIES), "run npm run docs:metrics")
})

test("a made-up family has a section with its metrics, units and states", () => {
  const page = metricsPage([
    defineFamily({
      name: "ups-outlet",
      title: "Outlets of the UPS",
      description: "Load and state of each outlet",
      key: { by: "name", field: "outlet" },
      fields: {
        loadW: gauge("outlet.load_w", "W", "power drawn"),
        state: state("outlet.state", { on: 0, off: 9 }, "state", { isNoRuleMetric: true }),
      },
      charts: [],
    }),
  ])
  for (const line of [
    "## Outlets of the UPS",
    "Load and state of each outlet.",
    "Family `ups-outlet`, one value for each outlet.",
    "Single values are kept 14 days, hours 1 year.",
    "| `outlet.load_w` | W | gauge | yes | power drawn |",
    "| `outlet.state` | state | state | no | state: on = 0, off = 9 |",
  ])
    assert.ok(page.split("\n").includes(line), line)
})

test("what the page says about retention is what the migrations say", () => {
  const root = join(import.meta.dirname, "..")
  const statements = globSync("appliance/migrations/*.sql", { cwd: root })
    .sort()
    .flatMap((file) => readFileSync(join(root, file), "utf8").replace(/--.*$/gm, "").split(";"))
  const own = statements.filter(
    (each) =>
      /(?:insert into|update|delete from) ispvm\.retention\b/.test(each) &&
      !/^\s*update ispvm\.retention set min_keep = /.test(each),
  )
  // Anything but an insertion needs more than this test reads.
  assert.deepEqual(
    own.filter((each) => !/^\s*insert into ispvm\.retention values/.test(each)),
    [],
  )
  const stored = Object.fromEntries(
    own.flatMap((each) =>
      [...each.matchAll(/\('([^']+)', '([^']+)'\)/g)].map(([, k, v]) => [k, v]),
    ),
  )
  assert.deepEqual(KEEP, Object.fromEntries(Object.keys(KEEP).map((key) => [key, stored[key]])))
  const used = FAMILIES.flatMap(({ storage }) => [storage.retention, ...storage.rollups])
  assert.deepEqual(
    used.filter((each) => KEEP[each] === undefined),
    [],
  )
})
