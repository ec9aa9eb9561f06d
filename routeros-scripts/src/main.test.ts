import assert from "node:assert/strict"
import { spawn, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { environment } from "./config.ts"

const main = join(import.meta.dirname, "main.ts")
const folder = mkdtempSync(join(tmpdir(), "ispvm-rsc-"))
after(() => rmSync(folder, { recursive: true }))
writeFileSync(
  join(folder, "routeros-7.20.8.commands.tsv"),
  "/put\tmessage\n/ip/address/add\taddress ; interface\n",
)

const env = { ...environment(), ISPVM_RECORDINGS: undefined }
const script = (text: string): string => {
  const file = join(folder, "script.rsc")
  writeFileSync(file, text)
  return file
}
const check = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: "utf8",
    env,
  })
  return { status, stdout, stderr }
}
const common = ["--release", "7.22.1", "--schema", folder]

test("a valid script exits 0 without output, a faulty one prints a line and exits 1", () => {
  assert.deepEqual(check(...common, script(":put 1\n")), { status: 0, stdout: "", stderr: "" })
  const { status, stdout } = check(...common, script(":put 1\r\n/ip address add adress=x\r\n"))
  assert.equal(status, 1)
  assert.equal(stdout, "line 2 column 17: expected end of command\n")
})

test("wrong usage exits 2 with the usage text", () => {
  const file = script(":put 1")
  for (const args of [
    [],
    ["--release", "7.22.1", "--schema", folder],
    ["--release", "seven", "--schema", folder, file],
    ["--release", "5.26", file],
    ["--release", "7.22.1", "--schema", join(folder, "nowhere"), file],
    ["--release", "7.22.1", "--schema", import.meta.dirname, file],
    [...common, "--packages", "nonsense", file],
    [...common, "--what", file],
    [...common, join(folder, "nothing.rsc")],
    [...common, file, file],
  ]) {
    const { status, stdout, stderr } = check(...args)
    assert.deepEqual([status, stdout], [2, ""], args.join(" "))
    assert.match(stderr, /usage: rsc:check/)
  }
})

test("each line of JSON is answered when it arrives, in order", async () => {
  const child = spawn(process.execPath, [main, ...common, "--jsonl"], {
    env,
    stdio: ["pipe", "pipe", "inherit"],
  })
  const answers: string[] = []
  const received = (count: number): Promise<void> =>
    new Promise((resolve) => {
      const onData = (): void => {
        if (answers.join("").split("\n").length - 1 < count) return
        child.stdout.off("data", onData)
        resolve()
      }
      child.stdout.on("data", onData)
      onData()
    })
  child.stdout.setEncoding("utf8").on("data", (text: string) => answers.push(text))
  const closed = new Promise((resolve) => child.on("close", resolve))
  child.stdin.write(`${JSON.stringify({ id: "a", source: ":put 1" })}\n`)
  await received(1)
  child.stdin.end(`not json\n{"id":7}\n${JSON.stringify({ id: "b", source: ":putt 1" })}\n`)
  assert.equal(await closed, 0)
  const [first, second, third, fourth] = answers
    .join("")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
  assert.deepEqual(first, { id: "a", ok: true })
  assert.deepEqual([second.id, typeof second.error], [null, "string"])
  assert.deepEqual(third, { id: 7, error: "no source" })
  assert.deepEqual(fourth, {
    id: "b",
    ok: false,
    line: 1,
    column: 2,
    message: "bad command name putt",
  })
})

test("v6 uses a small table, and its results are marked unproven", () => {
  const { status, stderr } = check(
    "--release",
    "6.49.17",
    script("/system logging action set remote remote=192.0.2.1 bsd-syslog=yes\n"),
  )
  assert.equal(status, 0)
  assert.match(stderr, /unproven/)
  const rejected = check(
    "--release",
    "6.49.17",
    script("/system logging action set remote remote-log-format=cef\n"),
  )
  assert.equal(rejected.status, 1)
  assert.match(rejected.stdout, /^line 1 column 35: expected end of command \(unproven\)$/m)
})

test("without command trees the product's own table is used, and reports what it does not have", () => {
  const by = (release: string, text: string) => check("--release", release, script(text))
  assert.deepEqual(by("7.22.1", "/system identity set name=x\n"), {
    status: 0,
    stdout: "",
    stderr: "",
  })
  assert.deepEqual(
    by("7.22.1", "/system identity set nme=x\n").stdout,
    "line 1 column 22: expected end of command\n",
  )
  assert.deepEqual(
    by("7.22.1", "/ip hotspot print\n").stdout,
    "line 1 column 5: not in this product's table: /ip/hotspot\n",
  )
})

test("a release before the oldest tree uses that tree, and is marked unproven", () => {
  const { status, stdout } = check(
    "--release",
    "7.1",
    "--schema",
    folder,
    script("/ip address add adress=x\n"),
  )
  assert.deepEqual([status, stdout], [1, "line 1 column 17: expected end of command (unproven)\n"])
  assert.equal(
    check("--release", "7.1", script("/system identity set name=x\n")).stderr.startsWith(
      "unproven",
    ),
    true,
  )
})

test("--lint reports traps that a router accepts without an error", () => {
  const by = (text: string) => check("--release", "7.22.1", "--lint", script(text))
  assert.deepEqual(by("/ip address set [find where interface=ether1] comment=x\n"), {
    status: 0,
    stdout: "",
    stderr: "",
  })
  const { status, stdout } = by("/ip address set 0 comment=x\n")
  assert.equal(status, 1)
  assert.match(stdout, /^line 1 column 17: row-number: a row by its number \(0\)\n {4}the numbers/)
  assert.match(
    by(":local a {}\n").stdout,
    /^line 1 column 12: syntax error\nline 1 column 12: empty-braces: /,
  )
})
