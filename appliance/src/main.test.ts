/** The program as it is started: its output and its exit code when it cannot run. */
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import {
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { setTimeout as wait } from "node:timers/promises"
import { bareEnvironment } from "../test/config.ts"
import { describeProcess } from "./platform/postgres/lock.ts"

let dataDir: string
before(() => {
  dataDir = mkdtempSync(join(tmpdir(), "ispvm-main-"))
})
after(() => rmSync(dataDir, { recursive: true, force: true }))

const run = async (env: Record<string, string>, args: string[] = []) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], {
    env: {
      ...bareEnvironment(),
      ISPVM_DATA_DIR: dataDir,
      ISPVM_HTTP_PORT: "0",
      ISPVM_AGENT_API_PORT: "0",
      ISPVM_PUSH_PORT: "0",
      ISPVM_LOCAL_AGENT: "off",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let out = ""
  let output = ""
  child.stdout.on("data", (chunk) => {
    out += chunk
  })
  child.stderr.on("data", (chunk) => {
    output += chunk
  })
  const [code] = await once(child, "close")
  return {
    code,
    out,
    lines: output.split("\n").filter((line) => line !== "" && !line.startsWith("{")),
    log: output.split("\n").filter((line) => line.startsWith("{")),
  }
}

test("--help is answered on standard output", async () => {
  const { code, out } = await run({}, ["--help"])
  assert.equal(code, 0)
  assert.match(out, /ISPVM_HTTP_PORT/)
})

test("an invalid setting ends it with code 2 and one line", async () => {
  const { code, lines } = await run({ ISPVM_HTTP_PORT: "many" })
  assert.equal(code, 2)
  assert.equal(lines.length, 1)
  assert.match(lines[0] ?? "", /^ISPVM_HTTP_PORT: /)
})

test("an invalid DATABASE_URL ends it with code 1 and one line without the password", async () => {
  const nobody = createServer().listen(0, "127.0.0.1")
  await once(nobody, "listening")
  const address = nobody.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  nobody.close()
  const { code, lines } = await run({ DATABASE_URL: `postgres://noc:geheim@127.0.0.1:${port}/noc` })
  assert.equal(code, 1)
  assert.deepEqual(lines, [
    `DATABASE_URL: cannot connect to noc@127.0.0.1:${port}/noc: nothing listens there.`,
  ])
})

test("a second start on the same data ends with code 1 and names the first", async () => {
  writeFileSync(join(dataDir, "appliance.lock"), describeProcess(process.pid) ?? "")
  const { code, lines } = await run({})
  assert.equal(code, 1)
  assert.equal(lines.length, 1)
  assert.match(
    lines[0] ?? "",
    new RegExp(`in use: an appliance runs on it as process ${process.pid}\\.`),
  )
})

test("a setting with its old name is one warning in the log that gives the new one", async () => {
  const oldName = "ISPVM_DOOR_PORT"
  const old = { [oldName]: "0", ISPVM_AGENT_API_PORT: "" }
  const { code, log } = await run({ ...old, DATABASE_URL: "postgres://noc@127.0.0.1:1/noc" })
  assert.equal(code, 1)
  const warnings = log.filter((line) => line.includes(oldName))
  assert.equal(warnings.length, 1)
  assert.match(warnings[0] ?? "", /ISPVM_DOOR_PORT is now ISPVM_AGENT_API_PORT/)
})

test("without a reader of its output it runs on, takes no CPU time for it, and stops in order", async () => {
  const own = mkdtempSync(join(tmpdir(), "ispvm-main-unread-"))
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts")], {
    env: {
      ...bareEnvironment(),
      ...{ ISPVM_DATA_DIR: own, ISPVM_HTTP_PORT: "0", ISPVM_AGENT_API_PORT: "0" },
      ...{ ISPVM_PUSH_PORT: "0", ISPVM_LOCAL_AGENT: "off", LOG_LEVEL: "trace" },
    },
    stdio: ["ignore", "pipe", "pipe"],
  })
  const greeted = Promise.withResolvers<string>()
  let out = ""
  child.stdout.on("data", (chunk) => {
    out += chunk
    const url = /https?:\/\/\S+/.exec(out)?.[0]
    if (url !== undefined) greeted.resolve(url)
  })
  child.stderr.resume()
  const url = await greeted.promise
  child.stdout.destroy()
  child.stderr.destroy()
  const cpuTicks = (): number => {
    const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? []
    return Number(fields[11]) + Number(fields[12])
  }
  // Each request is logged.
  for (let n = 0; n < 20; n += 1) await fetch(`${url}/api/v1/nowhere`).catch(() => undefined)
  const before = cpuTicks()
  await wait(2_000)
  const used = cpuTicks() - before
  child.kill("SIGTERM")
  const cut = setTimeout(() => child.kill("SIGKILL"), 30_000)
  const [code, signal] = await once(child, "exit")
  clearTimeout(cut)
  rmSync(own, { recursive: true, force: true })
  assert.deepEqual([code, signal], [0, null])
  assert.ok(used < 100, `${used} ticks of CPU time in 2 s`)
})

for (const isItsOwn of [true, false])
  test(`${isItsOwn ? "each line for the journal has its priority" : "a journal that its output does not go to changes nothing"}`, async () => {
    const own = mkdtempSync(join(tmpdir(), "ispvm-main-journal-"))
    const file = join(own, "journal")
    const oldName = "ISPVM_DOOR_PORT"
    const output = openSync(file, "w")
    try {
      const { dev, ino } = fstatSync(output, { bigint: true })
      const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts")], {
        env: {
          ...bareEnvironment(),
          ISPVM_DATA_DIR: own,
          [oldName]: "0",
          DATABASE_URL: "postgres://noc@127.0.0.1:1/noc",
          JOURNAL_STREAM: `${dev}:${isItsOwn ? ino : ino + 1n}`,
        },
        stdio: ["ignore", "ignore", output],
      })
      await once(child, "close")
    } finally {
      closeSync(output)
    }
    const text = readFileSync(file, "utf8")
    rmSync(own, { recursive: true, force: true })
    const [warning, error] = isItsOwn ? ["<4>", "<3>"] : ["", ""]
    assert.match(text, new RegExp(`^${warning}\\{"level":"warn".*${oldName}`, "m"))
    assert.match(text, new RegExp(`^${error}DATABASE_URL: cannot connect`, "m"))
  })
