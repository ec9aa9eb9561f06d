/**
 * Six ways to break the network, seen as an operator sees them: on the incidents page of a real browser, which stands open all the while. What
 * the page said and after how long is told with each; that it is within five seconds is the business of `npm run bench -- causes`.
 */
import assert from "node:assert/strict"
import { after, afterEach, before, describe, type TestContext, test } from "node:test"
import { keepPicture } from "@ispvm/ui/test/browser"
import { type Demo, startDemo, tempDataDir } from "./demo-process.ts"
import { firstCauses, isCalm, shownDown } from "./incidents-now.ts"
import { breakAndSee, type IncidentsPage, openIncidentsPage } from "./incidents-page.ts"
import { type Operator, operatorAt } from "./operator.ts"
import { rows, textOf, until } from "./rows.ts"
import { isRight, SITUATIONS, type Situation } from "./situations.ts"

/** Longer than the five seconds that are wanted: other tests may have the machine. */
const RIGHT_MS = 15_000
const HEALED_MS = 60_000

let demo: Demo
let operator: Operator
let incidents: IncidentsPage

const heal = (): Promise<unknown> => operator.send("POST", "/lab", { do: "heal" })
const allWell = (): Promise<unknown> => until("all devices are ok, all incidents closed", HEALED_MS, () => isCalm(operator))
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

/** Once all that fell silent has been seen to: what failed is down, what is behind it is so, and of a blind agent nothing is known. */
const settled = ({ down, behind, isBlind }: Situation): Promise<true> =>
  until("every device has the state that it is to keep", RIGHT_MS, async () => {
    const devices = rows((await operator.get("/topology")).devices)
    const statuses = new Map(devices.map((device) => [textOf(device, "name"), textOf(device.status, "status")]))
    if (isBlind) return devices.every((device) => device.agentId === null || textOf(device.status, "status") === "unknown")
    return down.every((name) => statuses.get(name) === "down") && behind.every((name) => statuses.get(name) === "behind")
  })

const play = async (t: TestContext, situation: Situation): Promise<void> => {
  const { name, wanted, isBlind } = situation
  const { page, show, titles } = incidents
  const picture = `cause-${name.replaceAll(/[^a-z]+/g, "-")}`
  await show()
  await until("the page has no open incident", 10_000, async () => (await titles()).length === 0)
  const from = operator.heard.length

  const seen = await breakAndSee(incidents, operator, situation, RIGHT_MS)
  t.diagnostic(`${name}: ${seen.isRight ? "on the page" : "wrong"} after ${seconds(seen.tookMs)}: ${seen.titles.join(" | ")}`)
  await keepPicture(page, `${picture}-list`)
  assert.ok(seen.isRight, `wanted ${JSON.stringify(wanted)}, said ${JSON.stringify(await firstCauses(operator))}`)
  await settled(situation)
  assert.ok(isRight(await firstCauses(operator), situation), "still so when all of it has been seen")
  assert.equal((await titles()).length, wanted.length, "what is behind it is no incident of its own")
  await page.locator("section[aria-labelledby=open] a.title").first().click()
  await page.waitForURL(/\/incidents\/[0-9a-f-]{36}/)
  const names = wanted.flat().map((cause) => cause.name)
  await page
    .getByText(new RegExp(names.join("|")))
    .first()
    .waitFor()
  await keepPicture(page, picture)
  if (isBlind) {
    await page.goto(`${demo.url}/devices`)
    await page.getByText("Unknown").nth(5).waitFor()
    await keepPicture(page, `${picture}-devices`)
  }

  const mendedMs = performance.now()
  await heal()
  await allWell()
  const events = operator.heard.slice(from)
  const opened = new Map(events.filter((event) => event.name === "incident").map(({ data }) => [data.id, data.title]))
  const called = shownDown(events, await operator.get("/topology"))
  t.diagnostic(
    `${name}: closed ${seconds(performance.now() - mendedMs)} after it was mended; called down on the way: ${called.join(", ") || "nothing"}`,
  )
  assert.deepEqual(
    called.filter((each) => !situation.down.includes(each)),
    [],
    "nothing was called down, not for a moment, that has not failed",
  )
  assert.equal(opened.size, wanted.length, `nothing else was opened on the way: ${[...opened.values()].join(" | ")}`)
}

describe("the cause on the incidents page", () => {
  before(async () => {
    demo = await startDemo({ dataDir: tempDataDir("causes") })
    operator = await operatorAt(demo.url, demo.email, demo.password)
    incidents = await openIncidentsPage(demo)
    await allWell()
  })
  after(async () => {
    await incidents?.close()
    operator?.close()
    await demo?.stop()
  })

  // One that fails leaves the network whole for the next.
  afterEach(async () => {
    await heal()
    await allWell()
  })

  for (const situation of SITUATIONS) test(situation.name, (t) => play(t, situation))

  test("nothing was thrown on any page", () => assert.deepEqual(incidents.thrown, []))
})
