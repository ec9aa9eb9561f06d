/**
 * Fixture of the browser tests of self-reporting routers: a page, prepared data, and the requests
 * sent.
 */
import assert from "node:assert/strict"
import type { Companion } from "@ispvm/appliance/api/companion"
import type { Page } from "playwright-core"
import type { APPEARANCES } from "./browser.ts"
import { uuid } from "./make.ts"
import { DESIRED_CONFIG, makeCompanion } from "./make-companion.ts"
import { showPage } from "./page.ts"
import { type Answer, startServer, type TestServer } from "./server.ts"
import { makeWork, type Work } from "./work.ts"

export const ID = uuid(3)
export const CONNECT = `/devices/${ID}/connect`
export const TAB = `/devices/${ID}?tab=companion`
let server: TestServer
export let work: Work
/** Answers that replace the normal ones, by "METHOD /path". */
export let overrides: Map<string, Answer>
let held: Map<string, Promise<void>>
/** The next answer to "METHOD /path" is made at once, and arrives when this is called. */
export const holdNext = (what: string): (() => void) => {
  const { promise, resolve } = Promise.withResolvers<void>()
  held.set(what, promise)
  return resolve
}

export type Prepare = (work: Work) => void
export const on = async (
  path: string,
  appearance: keyof typeof APPEARANCES,
  act: (page: Page) => Promise<void>,
  prepare: Prepare = () => undefined,
): Promise<void> => {
  work = makeWork()
  overrides = new Map()
  held = new Map()
  prepare(work)
  server = await startServer(async (method, url, body) => {
    const what = `${method} ${url.pathname}`
    const answer = overrides.get(what) ?? (await work.answers(method, url, body))
    const hold = held.get(what)
    held.delete(what)
    await hold
    return answer
  })
  try {
    await showPage(server, path, appearance, async (page) => {
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"])
      await act(page)
    })
  } finally {
    server.close()
  }
}
export const withCompanion =
  (made: (nowMs: number) => Companion): Prepare =>
  ({ companion }) =>
    void companion.companions.set(ID, { ...made(Date.now()), deviceId: ID })
export const withDesiredConfig: Prepare = withCompanion(() =>
  makeCompanion({ desired: DESIRED_CONFIG, release: "7.18.2", releaseFrom: "desired" }),
)
export const withoutAgent: Prepare = ({ network, companion }) => {
  const [device] = network.devices.splice(2, 1)
  assert.ok(device)
  network.devices.splice(2, 0, { ...device, agentId: null, agentName: null })
  const was = companion.companions.get(ID)
  if (was !== undefined)
    companion.companions.set(ID, { ...was, suggested: { ...was.suggested, agentAddresses: [] } })
}
export const combine =
  (...each: Prepare[]): Prepare =>
  (made) => {
    for (const prepare of each) prepare(made)
  }
export const withUnprovenScript: Prepare = ({ companion }) => {
  companion.scripts = { isProven: false, release: "6.49.17" }
}
export const requestBody = (what: string): unknown =>
  work.writes.findLast((each) => each.what === what)?.body
export const requestCount = (what: string): number =>
  work.writes.filter((each) => each.what === what).length
export const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true })
export const clipboard = (page: Page): Promise<string> =>
  page.evaluate(() => navigator.clipboard.readText())
/** The router runs its script: its report arrives, and the stream announces it. */
export const reportIn = (failed: readonly string[] = []): void => {
  const was = work.companion.companions.get(ID)
  assert.ok(was)
  const hello = {
    atMs: Date.now(),
    version: "7.18.2 (stable)",
    done: ["api-account", "push"],
    failed: [...failed],
    globals: null,
  }
  work.companion.companions.set(ID, {
    ...was,
    hello,
    lastPushAtMs: Date.now(),
    lastPushFrom: "198.51.100.23",
  })
  server.publish("event", {
    id: uuid(5_900),
    atMs: Date.now(),
    receivedAtMs: Date.now(),
    deviceId: ID,
    deviceName: "izm-core-1",
    name: "reported-in",
    source: "push",
    severity: "info",
    interface: null,
    message: "",
  })
}
