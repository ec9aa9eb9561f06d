/** Browser push: the service worker in a real browser, and the browsers of a person. */
import assert from "node:assert/strict"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import { runInNewContext } from "node:vm"
import { z } from "zod"
import { checkAppearances } from "./appearances.ts"
import { uuid } from "./make.ts"
import { showPage, useBrowser } from "./page.ts"
import { startServer } from "./server.ts"
import { makeWork } from "./work.ts"

useBrowser()

const MESSAGE = {
  ...{ title: "[Critical] #12 Link Ankara–Izmir is cut", body: "Since 14:03", tag: "thread-12" },
  ...{ path: `/incidents/${uuid(6_012)}`, acknowledge: uuid(6_012), isQuiet: false },
  language: "en",
  texts: { acknowledge: "Acknowledge", open: "Open", done: "Done.", failed: "Not done." },
}

const Action = z.object({ action: z.string() })
type Handler = (event: object) => void
/** The service worker's code with what a browser gives it: headless ones show no notification. */
const runWorker = async (status: number) => {
  const code = await readFile(join(import.meta.dirname, "../public/sw.js"), "utf8")
  const handlers = new Map<string, Handler>()
  const shown: { title: string; options: Record<string, unknown> }[] = []
  const fetched: string[] = []
  const opened: string[] = []
  const self = {
    addEventListener: (name: string, handler: Handler) => handlers.set(name, handler),
    skipWaiting: () => undefined,
    location: { origin: "https://noc.example.net" },
    registration: {
      showNotification: async (title: string, options: Record<string, unknown>) =>
        void shown.push({ title, options }),
    },
    clients: {
      matchAll: async () => [],
      openWindow: async (url: string) => void opened.push(url),
    },
  }
  const fetch = async (url: string) => {
    fetched.push(url)
    return { ok: status < 300, status }
  }
  runInNewContext(code, { self, fetch, URL, encodeURIComponent })
  const run = async (name: string, event: object): Promise<void> => {
    const waits: Promise<unknown>[] = []
    handlers.get(name)?.({ ...event, waitUntil: (one: Promise<unknown>) => waits.push(one) })
    await Promise.all(waits)
  }
  const click = (action: string, data: object) =>
    run("notificationclick", { action, notification: { data, close: () => undefined } })
  return { handlers, shown, fetched, opened, run, click }
}

test("browser push: a message is shown with its button, and acknowledged by it", async () => {
  const worker = await runWorker(200)
  assert.deepEqual(
    [...worker.handlers.keys()].sort(),
    ["activate", "install", "notificationclick", "push"],
    "it answers no request, so no stale code is ever served",
  )
  await worker.run("push", { data: { json: () => MESSAGE } })
  const [first] = worker.shown
  assert.equal(first?.title, MESSAGE.title)
  const names = (at: number): string =>
    Action.array()
      .parse(worker.shown[at]?.options.actions)
      .map(({ action }) => action)
      .join()
  assert.equal(names(0), "acknowledge,open")
  await worker.run("push", { data: { json: () => ({ ...MESSAGE, acknowledge: null }) } })
  assert.equal(names(1), "")
  await worker.click("acknowledge", MESSAGE)
  assert.deepEqual(worker.fetched, [`/api/v1/incidents/${uuid(6_012)}/acknowledge`])
  assert.equal(worker.shown.at(-1)?.options.body, "Done.")
  await worker.click("", MESSAGE)
  assert.deepEqual(worker.opened, [`https://noc.example.net${MESSAGE.path}`])
  await worker.click("open", { ...MESSAGE, path: "https://evil.example/" })
  assert.equal(worker.opened.at(-1), "https://noc.example.net", "no other address is opened")
})

test("browser push: without a session the button opens the incident; a failure is said", async () => {
  const loggedOut = await runWorker(401)
  await loggedOut.click("acknowledge", MESSAGE)
  assert.deepEqual(loggedOut.opened, [`https://noc.example.net${MESSAGE.path}`])
  const over = await runWorker(409)
  await over.click("acknowledge", MESSAGE)
  assert.equal(over.shown.at(-1)?.options.body, "Not done.")
})

test("browser push: the app can be installed, with icons of its own", async () => {
  const work = makeWork(1)
  const server = await startServer(work.answers)
  try {
    const page = await (await fetch(`${server.url}/`)).text()
    assert.match(page, /<link rel="manifest" href="\/manifest.webmanifest"/)
    const manifest = (await (await fetch(`${server.url}/manifest.webmanifest`)).json()) as {
      icons: { src: string; sizes: string }[]
    }
    for (const { src, sizes } of manifest.icons) {
      const icon = Buffer.from(await (await fetch(server.url + src)).arrayBuffer())
      if (!src.endsWith(".png")) continue
      assert.equal(`${icon.readUInt32BE(16)}x${icon.readUInt32BE(20)}`, sizes, src)
    }
  } finally {
    server.close()
  }
})

test("browser push: a browser is registered, listed and removed", async () => {
  const work = makeWork(2)
  const server = await startServer(work.answers)
  try {
    await showPage(
      server,
      "/notifications",
      "dark",
      async (page) => {
        // A push service is no part of a test: what the browser does of it is made up.
        await page.addInitScript(() => {
          const made = {
            toJSON: () => ({
              endpoint: "https://push.example.net/a",
              keys: { p256dh: "p".repeat(87), auth: "a".repeat(22) },
            }),
          }
          Object.defineProperty(Notification, "permission", { get: () => "granted" })
          Notification.requestPermission = () => Promise.resolve("granted")
          PushManager.prototype.getSubscription = () => Promise.resolve(null)
          PushManager.prototype.subscribe = () =>
            Promise.resolve(made as unknown as PushSubscription)
        })
        await page.reload()
        await page.getByRole("button", { name: "Notify me in this browser" }).click()
        await page.getByText("This browser is notified.").waitFor()
        const sent = work.writes.find(({ what }) => what === "POST /push/subscriptions")
        assert.deepEqual(sent?.body, {
          ...{ endpoint: "https://push.example.net/a", p256dh: "p".repeat(87) },
          ...{ auth: "a".repeat(22), label: "Chrome, Linux", language: "en" },
        })
        await page.getByText("Chrome, Linux").waitFor()
        await checkAppearances(page, "browser-push")
        await page.getByRole("button", { name: "Remove Chrome, Linux" }).click()
        await page.getByText("None of your browsers is notified.").waitFor()
      },
      { isNew: true },
    )
  } finally {
    server.close()
  }
})
