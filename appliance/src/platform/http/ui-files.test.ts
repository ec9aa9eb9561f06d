import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer, request } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import Koa from "koa"
import { readUiFiles } from "./ui-files.ts"

let folder: string
let url: string
let close: () => void
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "ispvm-screens-"))
  mkdirSync(join(folder, "assets"))
  writeFileSync(join(folder, "index.html"), "<!doctype html><title>x</title>")
  writeFileSync(join(folder, "assets", "app-1a2b.js"), `export const x = "${"y".repeat(5_000)}"`)
  const screens = readUiFiles(folder)
  const app = new Koa()
  app.use(async (ctx) => {
    if (!(await screens(ctx))) ctx.status = 404
  })
  const callback = app.callback()
  const server = createServer((request, response) => void callback(request, response))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`
  close = () => server.closeAllConnections()
  server.unref()
})
after(() => {
  close()
  rmSync(folder, { recursive: true, force: true })
})
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${url}${path}`, { headers })

test("a page's address gives the frame, a missing file does not", async () => {
  for (const path of ["/", "/devices/5", "/incidents"])
    assert.match(await (await get(path)).text(), /<title>x/)
  for (const path of ["/missing.js", "/assets/gone-1.css", "/..%2f..%2fpackage.json"])
    assert.equal((await get(path)).status, 404)
})

test("files named by content are cached for ever; the page itself is revalidated by its tag", async () => {
  assert.match((await get("/assets/app-1a2b.js")).headers.get("cache-control") ?? "", /immutable/)
  const page = await get("/")
  assert.equal(page.headers.get("cache-control"), "no-cache")
  // Not by fetch, which requests a fresh copy as soon as it has a tag.
  const etag = page.headers.get("etag") ?? ""
  const status = await new Promise((resolve, reject) => {
    request(`${url}/`, { headers: { "if-none-match": etag } }, (answer) =>
      resolve(answer.resume().statusCode),
    )
      .on("error", reject)
      .end()
  })
  assert.equal(status, 304)
})

test("text is compressed as the browser accepts it", async () => {
  const as = async (accept: string) =>
    (await get("/assets/app-1a2b.js", { "accept-encoding": accept })).headers.get(
      "content-encoding",
    )
  assert.deepEqual(
    [await as("br, gzip"), await as("gzip"), await as("identity")],
    ["br", "gzip", null],
  )
  assert.match(await (await get("/assets/app-1a2b.js", { "accept-encoding": "br" })).text(), /yyyy/)
})

test("without a build a page says what to do", async () => {
  const screens = readUiFiles(join(folder, "nowhere"))
  const app = new Koa()
  app.use(async (ctx) => {
    await screens(ctx)
  })
  const callback = app.callback()
  const server = createServer((request, response) => void callback(request, response))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  const text = await (
    await fetch(
      `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/`,
    )
  ).text()
  assert.match(text, /npm run setup/)
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})
