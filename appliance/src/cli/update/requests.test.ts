/** Requests to root: from the command, and from the appliance's own folder, whose files may be anything. */
import assert from "node:assert/strict"
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { refuseRequests, takeRequest, writeRequest } from "./requests.ts"

const work = mkdtempSync(join(tmpdir(), "ispvm-requests-"))
after(() => rmSync(work, { recursive: true, force: true }))
const command = join(work, "run/request.json")
const ui = join(work, "ui")
const asked = join(ui, "request.json")
mkdirSync(ui)

test("a request is taken once, that of the command first", () => {
  writeFileSync(asked, JSON.stringify({ kind: "update", by: "ada@example.net", atMs: 1 }))
  assert.equal(writeRequest({ kind: "rollback", by: "command" }, command), true)
  assert.deepEqual(takeRequest(command, ui), { kind: "rollback", by: "command" })
  assert.deepEqual(takeRequest(command, ui), {
    kind: "update",
    file: join(ui, "bundle.tar"),
    ignoresClock: false,
    by: "ada@example.net",
  })
  assert.equal(takeRequest(command, ui), null)
})

test("two at once: the second one is refused", () => {
  assert.equal(writeRequest({ kind: "rollback", by: "command" }, command), true)
  assert.equal(writeRequest({ kind: "rollback", by: "command" }, command), false)
  assert.equal(refuseRequests(command, ui), true)
  assert.equal(refuseRequests(command, ui), false)
})

for (const [what, write] of [
  ["no JSON", () => writeFileSync(asked, "{")],
  ["a file of its own choice", () => writeFileSync(asked, '{"kind":"update","file":"/x"}')],
  ["a link", () => symlinkSync("/etc/hostname", asked)],
  ["a folder", () => mkdirSync(asked)],
] as const)
  test(`${what} is no request, and is removed`, () => {
    write()
    assert.equal(takeRequest(command, ui), null)
    assert.equal(existsSync(asked), false)
  })
