/** Every command of package.json answers `--help`: on standard output, with code 0, at once. */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"

const root = join(import.meta.dirname, "../..")
const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
)
/** `predemo` belongs to `demo`; `biome` and others print a help of their own. */
const commands = Object.entries(scripts).filter(
  ([name, line]) =>
    line.startsWith("node ") &&
    // A test file has no help.
    !line.includes(" --test ") &&
    !(name.startsWith("pre") && name.slice(3) in scripts),
)

const help = (line: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, [...line.split(" ").slice(1), ...args, "--help"], {
    cwd: root,
    encoding: "utf8",
    timeout: 120_000,
    // What hangs may also ignore a request to end.
    killSignal: "SIGKILL",
  })

test("every command answers --help", () => {
  assert.ok(commands.length >= 12, `${commands.length} commands`)
  for (const [name, line] of commands) {
    const { status, stdout, stderr } = help(line)
    assert.equal(status, 0, `${name}: ${stdout}${stderr}`)
    assert.ok(stdout.trim().length > 40, `${name} prints no help: ${stdout}`)
  }
})

test("every bench answers --help with its options", () => {
  const line = scripts.bench ?? assert.fail("no bench")
  const [, names = ""] = /benches: (.*)/.exec(help(line).stdout) ?? []
  assert.ok(names.includes(","), names)
  for (const name of names.split(", ")) {
    const { status, stdout, stderr } = help(line, name)
    assert.equal(status, 0, `${name}: ${stderr}`)
    assert.match(stdout, new RegExp(`npm run bench -- ${name}`), name)
  }
})
