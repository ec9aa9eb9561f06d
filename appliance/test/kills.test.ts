/** Each process of a running appliance killed with -9, as an operator or a machine out of memory does: all of it comes back by itself. */
import assert from "node:assert/strict"
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { describeProcess } from "../src/platform/postgres/lock.ts"
import { type Program, startProgram, until } from "./program.ts"

const CODE = "open-sesame-now"
let dataDir: string
let program: Program
let url = ""
let cookie = ""

const start = async (): Promise<void> => {
  program = startProgram({
    env: {
      ISPVM_DATA_DIR: dataDir,
      ISPVM_SETUP_CODE: CODE,
      ISPVM_LOCAL_AGENT: "on",
      ISPVM_AGENT_HEALTH_PORT: "0",
      ISPVM_SYSLOG_PORT: "0",
      ISPVM_SYSLOG_BIND: "127.0.0.1",
    },
  })
  url = await program.url
}
const pidIn = (file: string): number | null => {
  try {
    const pid = Number(readFileSync(file, "utf8").split(/\s/)[0])
    return pid > 0 && describeProcess(pid) !== null ? pid : null
  } catch {
    return null
  }
}
const agentPid = () => pidIn(join(dataDir, "agent", "process"))
const databasePid = () => pidIn(join(dataDir, "pg18", "postmaster.pid"))
const other = (readPid: () => number | null, than: number) => () => {
  const pid = readPid()
  return pid === than ? null : pid
}
const statusOf = async (path: string): Promise<number | null> => {
  try {
    return (
      await fetch(`${url}${path}`, { headers: { cookie }, signal: AbortSignal.timeout(5_000) })
    ).status
  } catch {
    return null
  }
}
const answers = (path: string) =>
  until(path, async () => ((await statusOf(path)) === 200 ? true : null))

before(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "ispvm-kills-"))
  chmodSync(dataDir, 0o755)
  await start()
  const setup = {
    setupCode: CODE,
    organisation: "Net",
    name: "Ada",
    email: "ada@example.net",
    password: "a long password",
  }
  const setUp = await fetch(`${url}/api/v1/setup`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(setup),
  })
  assert.equal(setUp.status, 201)
  cookie = setUp.headers.getSetCookie()[0]?.split(";")[0] ?? ""
})
after(async () => {
  const agent = agentPid()
  const database = databasePid()
  program.child.kill("SIGTERM")
  assert.equal(await program.exited, 0)
  for (const pid of [agent, database])
    assert.ok(pid === null || describeProcess(pid) === null, `${pid} is left`)
  rmSync(dataDir, { recursive: true, force: true })
})

test("the local agent is started again", { timeout: 40_000 }, async () => {
  const was = await until("an agent", agentPid)
  process.kill(was, "SIGKILL")
  await until("another agent", other(agentPid, was))
})

test("the database is started again, and the screens go on with the same session", {
  timeout: 60_000,
}, async () => {
  const was = await until("a database", databasePid)
  process.kill(was, "SIGKILL")
  await until("another database", other(databasePid, was))
  await answers("/readyz")
  await answers("/api/v1/devices")
  assert.equal(program.child.exitCode, null)
  assert.doesNotMatch(program.errorOutput(), /nobody caught/)
})

test("a new start takes the database over and replaces the agent that was left", {
  timeout: 60_000,
}, async () => {
  const database = databasePid()
  const agent = await until("an agent", agentPid)
  program.child.kill("SIGKILL")
  await program.exited
  assert.notEqual(database, null)
  await start()
  assert.equal(databasePid(), database)
  await answers("/api/v1/devices")
  await until("another agent", other(agentPid, agent))
  assert.equal(describeProcess(agent), null)
})
