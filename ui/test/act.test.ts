/** Actions on an incident from the map, the graph, the drawer, and after it is closed. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Page } from "playwright-core"
import { findings } from "./axe.ts"
import { type APPEARANCES, keepPicture } from "./browser.ts"
import { makeIncident, sentence, uuid } from "./make.ts"
import { sessionOf } from "./network.ts"
import { showPage, useBrowser } from "./page.ts"
import { startServer } from "./server.ts"
import { makeWork, type Work } from "./work.ts"

const OPEN = uuid(6_012)
const CLOSED = uuid(6_010)
const DOWN = uuid(8)
let work: Work

useBrowser()

const on = async (
  path: string,
  appearance: keyof typeof APPEARANCES,
  act: (page: Page) => Promise<void>,
  prepare = (_: Work): void => undefined,
) => {
  work = makeWork(12)
  prepare(work)
  const server = await startServer(work.answers)
  try {
    await showPage(server, path, appearance, act)
  } finally {
    server.close()
  }
}
const isAcknowledged = (): boolean =>
  work.writes.some(({ what }) => what === `POST /incidents/${OPEN}/acknowledge`)

const PLACES: readonly (readonly [
  name: string,
  path: string,
  appearance: keyof typeof APPEARANCES,
])[] = [
  ["map-incident", `/map?incident=${OPEN}`, "dark"],
  ["graph-incident", `/graph?incident=${OPEN}`, "light"],
  ["map-device", `/map?device=${DOWN}`, "light"],
  ["drawer", `/devices?device=${DOWN}`, "dark"],
  ["drawer", `/devices?device=${DOWN}`, "narrow"],
  ["map-incident", `/map?incident=${OPEN}`, "narrow"],
]
for (const [name, path, appearance] of PLACES)
  test(`act: ${name} in ${appearance} shows the next step and acknowledges`, () =>
    on(path, appearance, async (page) => {
      const summary = page.locator("ispvm-incident-summary").first()
      await summary.getByRole("heading", { name: "Next step" }).waitFor()
      assert.deepEqual(await findings(page), [])
      await keepPicture(page, `act-${name}-${appearance}`)
      await summary.getByRole("button", { name: "Acknowledge", exact: true }).click()
      await page.getByText(/^Acknowledged: Link Ankara/).waitFor()
      assert.ok(isAcknowledged())
    }))

test("act: a viewer sees which roles can act", () =>
  on(
    `/map?incident=${OPEN}`,
    "dark",
    async (page) => {
      await page
        .locator("ispvm-incident-summary")
        .getByText("Your role can only read incidents")
        .waitFor()
      assert.equal(await page.getByRole("button", { name: "Acknowledge", exact: true }).count(), 0)
    },
    ({ network }) => {
      network.session = sessionOf("viewer")
    },
  ))

test("act: a closed incident accepts notes only", () =>
  on(`/incidents/${CLOSED}`, "dark", async (page) => {
    await page.getByLabel("Note").fill("A digger, seen by the splicer")
    assert.equal(await page.getByRole("button", { name: "Acknowledge", exact: true }).count(), 0)
    assert.equal(await page.getByRole("button", { name: "Unacknowledge" }).count(), 0)
    await keepPicture(page, "act-closed-dark")
    await page.getByRole("button", { name: "Add note" }).click()
    await page.getByText("Note: A digger, seen by the splicer").waitFor()
  }))

test("act: a device's charts mark incidents of its site and of its agent, also closed ones", () =>
  on(
    `/devices/${uuid(1)}`,
    "dark",
    async (page) => {
      await page.getByText("CPU and memory").waitFor()
      await page.waitForFunction(() => {
        const find = (root: ParentNode): Element | null => {
          for (const each of root.querySelectorAll("*")) {
            if (each.localName === "ispvm-chart") return each
            const inner = each.shadowRoot === null ? null : find(each.shadowRoot)
            if (inner !== null) return inner
          }
          return null
        }
        const marks = (Reflect.get(find(document) ?? {}, "marks") ?? []) as {
          label: string
          untilMs?: number | null
        }[]
        return ["Ankara has no power", "Agent local is offline"].every((label) =>
          marks.some((mark) => mark.label === label && mark.untilMs),
        )
      })
      await keepPicture(page, "act-device-marks-dark")
    },
    ({ network }) => {
      const at = {
        state: "closed" as const,
        openedAtMs: Date.now() - 2_400_000,
        closedAtMs: Date.now() - 1_800_000,
      }
      network.incidents.push(
        makeIncident(30, {
          ...at,
          title: sentence("Ankara has no power"),
          causes: [{ kind: "site", id: uuid(9_000), name: "Ankara" }],
        }),
        makeIncident(31, {
          ...at,
          title: sentence("Agent local is offline"),
          causes: [{ kind: "agent", id: uuid(8_000), name: "local" }],
        }),
      )
    },
  ))
