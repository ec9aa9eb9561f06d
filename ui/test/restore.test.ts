/** The page that claims a new appliance restores a backup. */
import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import type { RestoreState } from "@ispvm/appliance/api/restore"
import type { Page } from "playwright-core"
import { PIECE_BYTES } from "../src/features/backup/send-backup.ts"
import { checkAppearances } from "./appearances.ts"
import { IDENTITY } from "./backup-answers.ts"
import { sessionOf } from "./network.ts"
import { showPage, useBrowser } from "./page.ts"
import { problem } from "./problem.ts"
import { type Answers, startServer } from "./server.ts"
import { makeWork } from "./work.ts"

useBrowser()

const BYTES = PIECE_BYTES + 1_000
type World = {
  readonly folder: string
  readonly file: string
  readonly offsets: number[]
  state: RestoreState
  begun: unknown
}

const on = async (act: (page: Page, world: World) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-restore-page-"))
  const file = join(folder, "ispvm-20261130T020000Z.age")
  writeFileSync(file, Buffer.alloc(BYTES))
  const world: World = { folder, file, offsets: [], state: { phase: "none" }, begun: null }
  const work = makeWork(1)
  work.network.session = { ...sessionOf(null), isSetUp: false }
  const answers: Answers = async (method, url, body) => {
    switch (`${method} ${url.pathname}`) {
      case "POST /setup/restore":
        world.begun = body
        world.offsets.length = 0
        world.state = { phase: "receiving", bytes: 0, ofBytes: BYTES }
        return { status: 201, body: world.state }
      case "PUT /setup/restore/file":
        if (world.state.phase !== "receiving") return problem(409, "no-upload", "It has ended.")
        world.offsets.push(Number(url.searchParams.get("offset")))
        if (world.offsets.length === 2)
          world.state = { phase: "checking", bytes: 0, ofBytes: BYTES }
        return { status: 200, body: world.state }
      case "GET /setup/restore":
        return { status: 200, body: world.state }
      default:
        return await work.answers(method, url, body)
    }
  }
  const server = await startServer(answers)
  try {
    await showPage(server, "/", "dark", (page) => act(page, world))
  } finally {
    server.close()
    rmSync(folder, { recursive: true })
  }
}

const send = async (page: Page, { file }: World): Promise<void> => {
  await page.getByLabel("Set-up code").fill("CODE")
  await page.locator('ispvm-restore input[type="file"]').setInputFiles(file)
  await page.getByText("ispvm-20261130T020000Z.age").waitFor()
  await page.getByLabel("Private key").fill(IDENTITY)
  await page.getByRole("button", { name: "Restore", exact: true }).click()
}

test("setup: a backup is sent in pieces, and its progress and end are shown", () =>
  on(async (page, world) => {
    await page.getByRole("button", { name: "Restore from a backup" }).click()
    await page.getByRole("heading", { name: "Restore from a backup" }).waitFor()
    await checkAppearances(page, "restore")
    await send(page, world)
    await page.getByText("The backup is being read to its end").waitFor()
    assert.deepEqual(world.begun, { setupCode: "CODE", identity: IDENTITY, bytes: BYTES })
    assert.deepEqual(world.offsets, [0, PIECE_BYTES])
    world.state = { phase: "restoring" }
    await page.getByText("The appliance stops, restores", { exact: false }).waitFor()
    await checkAppearances(page, "restore-running")
    // The certificate is another one now, or somebody is impatient.
    await page.reload()
    await page.getByText("The backup is being restored").waitFor()
    const madeAtMs = Date.UTC(2026, 10, 30, 2)
    world.state = { phase: "done", madeAtMs, product: "0.1.0", tables: 74, rows: 12_345 }
    await page.getByRole("heading", { name: "The backup is restored" }).waitFor()
    await page.getByText("74 tables", { exact: false }).waitFor()
    await page.getByRole("button", { name: "Log in" }).click()
  }))

test("setup: what was wrong with a backup is shown, and another one can be sent", () =>
  on(async (page, world) => {
    await page.getByRole("button", { name: "Restore from a backup" }).click()
    await send(page, world)
    await page.getByText("The backup is being read to its end").waitFor()
    world.state = { phase: "failed", message: { code: "backup.wrong-key", params: {} } }
    await page.getByText("This key does not open the backup.", { exact: false }).waitFor()
    await send(page, world)
    await page.getByText("The backup is being read to its end").waitFor()
    assert.deepEqual(world.offsets, [0, PIECE_BYTES])
    world.state = { phase: "none" }
    await page.getByRole("button", { name: "Set up without a backup" }).click()
    await page.getByLabel("Organisation").waitFor()
  }))
