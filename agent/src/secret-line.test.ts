import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { readSecretLine } from "./secret-line.ts"

test("the first line of a file, without its line end", () => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-line-"))
  const file = join(folder, "token")
  for (const [text, line] of [
    ["one\n", "one"],
    ["one", "one"],
    [" one \r\ntwo\n", "one"],
    ["", ""],
  ] as const) {
    writeFileSync(file, text)
    assert.equal(readSecretLine(file), line)
  }
  rmSync(folder, { recursive: true })
  assert.throws(() => readSecretLine(file), /ENOENT/)
})

test("standard input from a pipe", () => {
  const program = `import("${new URL("secret-line.ts", import.meta.url).href}").then((m) => console.log(m.readSecretLine("-")))`
  const run = spawnSync(process.execPath, ["-e", program], {
    input: "a-secret\nmore\n",
    encoding: "utf8",
  })
  assert.equal(run.stdout, "a-secret\n")
})
