/** An appliance that a seed has configured: set up without a person, and its mistakes are shown. */
import assert from "node:assert/strict"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { cookieOf, openApp } from "../../test/app-rig.ts"
import { CLAIM_FILE } from "../machine/claim.ts"
import { hashPassword } from "../registry/auth/password.ts"
import { PROBLEMS_FILE, problemsText } from "../seed/problems.ts"
import { applyClaim } from "./claim.ts"

const PASSWORD = "seven horses in a row"
const SECRET = "s".repeat(43)
const cheap = { n: 2 ** 14, r: 8, p: 1 }
const claimText = async (): Promise<string> =>
  JSON.stringify({
    organisation: "Seed ISP",
    administrator: {
      name: "Ada",
      email: "ada@example.net",
      passwordHash: await hashPassword(PASSWORD, cheap),
    },
    agents: [
      { name: "pop-1", secret: SECRET, validHours: 24 },
      { name: "pop-1", secret: SECRET, validHours: 24 },
    ],
  })

test("a claim in the data folder sets the appliance up, once, and is removed", async () => {
  const text = await claimText()
  const rig = await openApp({
    prepare: (dataDir) => {
      writeFileSync(join(dataDir, CLAIM_FILE), text)
      writeFileSync(
        join(dataDir, PROBLEMS_FILE),
        problemsText([{ key: "hostnam", fault: "unknown-key", detail: null }]),
      )
    },
  })
  try {
    assert.equal(rig.app.setupCode, null, "nobody can claim it a second time")
    assert.equal(existsSync(join(rig.dataDir, CLAIM_FILE)), false)
    const login = await rig.send("/api/v1/session", {
      method: "POST",
      body: { email: "ada@example.net", password: PASSWORD },
    })
    assert.equal(login.status, 201, login.text)
    const cookie = cookieOf(login)
    const { json } = await rig.send("/api/v1/agents", { cookie })
    const { items } = json as { items: { name: string; tokenExpiresAtMs: number | null }[] }
    assert.deepEqual(
      items.map(({ name }) => name),
      ["pop-1"],
    )
    const audit = await rig.send("/api/v1/audit", { cookie })
    for (const action of ["org.claimed", "account.created", "agent.token-made"])
      assert.match(audit.text, new RegExp(action.replace(".", "\\.")))
    assert.doesNotMatch(audit.text, new RegExp(SECRET))
    const health = await rig.send("/api/v1/health", { cookie })
    const { problems } = health.json as { problems: { message: unknown }[] }
    assert.deepEqual(problems[0]?.message, {
      code: "health.seed",
      params: {
        problems: [
          { key: "hostnam", fault: "unknown-key", detail: null },
          { key: "agents: pop-1", fault: "not-applied", detail: "name-taken" },
        ],
      },
    })
  } finally {
    await rig.close()
  }
})

const tryClaim = async (text: string, isSetUp: boolean) => {
  const dataDir = mkdtempSync(join(tmpdir(), "ispvm-claim-"))
  const made: string[] = []
  const lines: unknown[][] = []
  const note = (...line: unknown[]): void => {
    lines.push(line)
  }
  try {
    writeFileSync(join(dataDir, CLAIM_FILE), text)
    const problems = await applyClaim({
      dataDir,
      auth: { claim: async () => (isSetUp ? null : ("org" as never)) },
      agents: {
        create: async (_, { name }) => {
          made.push(name)
          return { id: name }
        },
        presetToken: async () => undefined,
      },
      now: () => 0,
      log: { info: note, warn: note },
    })
    assert.equal(existsSync(join(dataDir, CLAIM_FILE)), false, "consumed in any case")
    return { problems, made, logged: JSON.stringify(lines) }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

test("an appliance that is set up makes nothing of a claim", async () => {
  const { problems, made } = await tryClaim(await claimText(), true)
  assert.deepEqual({ problems, made }, { problems: [], made: [] })
})

test("a claim that is wrong is named by its keys, without its values", async () => {
  const { problems, logged } = await tryClaim(
    '{"administrator": {"passwordHash": "hunter2"}}',
    false,
  )
  assert.deepEqual(problems, [
    {
      key: "claim.json",
      fault: "wrong-value",
      detail: "organisation, administrator.name, administrator.email, administrator.passwordHash",
    },
  ])
  assert.doesNotMatch(JSON.stringify(problems) + logged, /hunter2/)
  assert.equal((await tryClaim("{", false)).problems[0]?.detail, "not JSON")
})
