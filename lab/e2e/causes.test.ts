/**
 * Six ways to break the network, as an operator sees them: on the incidents page of a real browser,
 * which stays open throughout. Each test prints what the page showed and after how long; `npm run
 * bench -- causes` checks the limit of five seconds.
 */
import assert from "node:assert/strict"
import { after, afterEach, before, describe, type TestContext, test } from "node:test"
import { keepPicture } from "@ispvm/ui/test/browser"
import { devicesReportedDown, firstCauses, isHealthy, unhealthy } from "./current-incidents.ts"
import { type Demo, startDemo, tempDataDir } from "./demo-process.ts"
import { type IncidentsPage, injectAndWait, openIncidentsPage } from "./incidents-page.ts"
import { type Operator, operatorAt } from "./operator.ts"
import { rows, textOf, titleOf, until } from "./rows.ts"
import { hasExpectedCauses, SCENARIOS, type Scenario } from "./scenarios.ts"

/** Longer than the target of five seconds, because other tests may use the machine. */
const RIGHT_MS = 15_000
const HEALED_MS = 60_000

let demo: Demo
let operator: Operator
let incidents: IncidentsPage

const heal = (): Promise<unknown> => operator.inject({ do: "heal" })
const waitUntilHealthy = (): Promise<unknown> =>
  until("all devices are ok, all incidents closed", HEALED_MS, () => isHealthy(operator)).catch(
    async (error: unknown) => {
      const left = (await unhealthy(operator)).join("\n").slice(0, 2_000)
      throw new Error(`still not well:\n${left}`, { cause: error })
    },
  )
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

/**
 * After all outages are confirmed: failed devices are down, devices behind them too, and those of
 * an isolated agent unknown.
 */
const waitForStatuses = ({ down, unreachable, isAllUnknown }: Scenario): Promise<true> =>
  until("every device has its final state", RIGHT_MS, async () => {
    const devices = rows((await operator.get("/topology")).devices)
    const statuses = new Map(
      devices.map((device) => [textOf(device, "name"), textOf(device.status, "status")]),
    )
    if (isAllUnknown)
      return devices.every(
        (device) => device.agentId === null || textOf(device.status, "status") === "unknown",
      )
    return (
      down.every((name) => statuses.get(name) === "down") &&
      unreachable.every((name) => statuses.get(name) === "unreachable")
    )
  })

const runScenario = async (t: TestContext, scenario: Scenario): Promise<void> => {
  const { name, expected, isAllUnknown } = scenario
  const { page, show, titles } = incidents
  const picture = `cause-${name.replaceAll(/[^a-z]+/g, "-")}`
  await show()
  await until("the page has no open incident", 10_000, async () => (await titles()).length === 0)
  const from = operator.events.length

  const seen = await injectAndWait(incidents, operator, scenario, RIGHT_MS)
  t.diagnostic(
    `${name}: ${seen.isCorrect ? "on the page" : "wrong"} after ${seconds(seen.tookMs)}: ${seen.titles.join(" | ")}`,
  )
  await keepPicture(page, `${picture}-list`)
  assert.ok(
    seen.isCorrect,
    `expected ${JSON.stringify(expected)}, found ${JSON.stringify(await firstCauses(operator))}`,
  )
  await waitForStatuses(scenario)
  assert.ok(
    hasExpectedCauses(await firstCauses(operator), scenario),
    `still so after all outages are confirmed: ${(await titles()).join(" | ")}`,
  )
  assert.equal(
    (await titles()).length,
    expected.length,
    "devices downstream have no incident of their own",
  )
  await page.locator("[data-group=open] a.title").first().click()
  await page.waitForURL(/\/incidents\/[0-9a-f-]{36}/)
  const names = expected.flat().map((cause) => cause.name)
  await page
    .getByText(new RegExp(names.join("|")))
    .first()
    .waitFor()
  await keepPicture(page, picture)
  if (isAllUnknown) {
    await page.goto(`${demo.url}/devices`)
    await page.getByText("Unknown").nth(5).waitFor()
    await keepPicture(page, `${picture}-devices`)
  }

  const repairedAtMs = performance.now()
  await heal()
  await waitUntilHealthy()
  const events = operator.events.slice(from)
  const opened = new Map(
    events.filter((event) => event.name === "incident").map(({ data }) => [data.id, titleOf(data)]),
  )
  const reportedDown = devicesReportedDown(events, await operator.get("/topology"))
  t.diagnostic(
    `${name}: closed ${seconds(performance.now() - repairedAtMs)} after it was repaired; called down on the way: ${reportedDown.join(", ") || "nothing"}`,
  )
  assert.equal(
    opened.size,
    expected.length,
    `no other incident was opened meanwhile: ${[...opened.values()].join(" | ")}`,
  )
  const wronglyDown = reportedDown.filter((each) => !scenario.down.includes(each))
  assert.deepEqual(wronglyDown, [], "no device without a failure was down at any moment")
}

describe("the cause on the incidents page", () => {
  before(async () => {
    demo = await startDemo({ dataDir: tempDataDir("causes") })
    operator = await operatorAt(demo.url, demo.email, demo.password)
    incidents = await openIncidentsPage(demo)
    await waitUntilHealthy()
  })
  after(async () => {
    await incidents?.close()
    operator?.close()
    await demo?.stop()
  })

  // After a failed test, the network is whole for the next one.
  afterEach(async () => {
    await heal()
    await waitUntilHealthy()
  })

  for (const scenario of SCENARIOS) test(scenario.name, (t) => runScenario(t, scenario))

  test("nothing was thrown on any page", () => assert.deepEqual(incidents.thrown, []))
})
