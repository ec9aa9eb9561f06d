/** The agent of this machine as a service of its own, which is given a token. */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { until } from "../../test/program.ts"
import { RESTORED_AGENT_FILE } from "../operate/backup/backup.ts"
import { OrgId } from "../platform/ids.ts"
import { createLog } from "../platform/log.ts"
import { createLocalAgentService, type LocalAgentServiceDeps } from "./local-agent.ts"

const folder = mkdtempSync(join(tmpdir(), "ispvm-local-agent-"))
after(() => rmSync(folder, { recursive: true }))
const org = OrgId.parse(randomUUID())
type Known = Awaited<ReturnType<LocalAgentServiceDeps["agents"]["one"]>>

/** An appliance whose agent is enrolled; the token is used as soon as the test says so. */
const serve = () => {
  const dataDir = mkdtempSync(join(folder, "data-"))
  const tokenFile = join(dataDir, "token")
  writeFileSync(join(dataDir, "local-agent.json"), JSON.stringify({ org, agent: randomUUID() }))
  let tokenExpiresAtMs: number | null = null
  const agents = {
    one: async () => ({ enrolment: "enrolled", tokenExpiresAtMs }) as Known,
    token: async () => {
      tokenExpiresAtMs = 1
      return { token: "a-token", expiresAtMs: 1, command: "" }
    },
    all: async () => [],
    create: () => assert.fail("it is known already"),
  }
  const log = createLog("silent")
  const service = createLocalAgentService({ agents, dataDir, tokenFile, log })
  const use = (): void => {
    tokenExpiresAtMs = null
  }
  return { dataDir, tokenFile, service, use }
}

test("an agent that is enrolled is given no token", async () => {
  const { dataDir, tokenFile, service } = serve()
  service.start(org)
  await service.stop()
  assert.equal(existsSync(tokenFile), false)
  assert.deepEqual(readdirSync(dataDir), ["local-agent.json"])
})

test("after a restore it is given one, once: its identity is on the machine of the backup", async () => {
  const { dataDir, tokenFile, service, use } = serve()
  writeFileSync(join(dataDir, RESTORED_AGENT_FILE), "")
  service.start(org)
  await until("the token", () => (existsSync(tokenFile) ? true : null))
  assert.equal(readFileSync(tokenFile, "utf8"), "a-token\n")
  use()
  await until("its removal", () => (existsSync(tokenFile) ? null : true))
  await service.stop()
  assert.deepEqual(readdirSync(dataDir), ["local-agent.json"])
})

test("a stop in between leaves it to the next start", async () => {
  const { dataDir, tokenFile, service } = serve()
  writeFileSync(join(dataDir, RESTORED_AGENT_FILE), "")
  service.start(org)
  await until("the token", () => (existsSync(tokenFile) ? true : null))
  await service.stop()
  assert.ok(existsSync(join(dataDir, RESTORED_AGENT_FILE)))
})
