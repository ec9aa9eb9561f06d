/** Fetching a release over the agent API, with its own TLS, and what is then handed to root. */
import assert from "node:assert/strict"
import { createHash, generateKeyPairSync, randomBytes, randomUUID } from "node:crypto"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, beforeEach, test } from "node:test"
import { setTimeout as delay } from "node:timers/promises"
import { AgentId, PIECE_BYTES } from "@ispvm/wire"
import { pino } from "pino"
import { createRoot, openFakeAppliance } from "../../test/fake-appliance.ts"
import { createHttpsUplink } from "../transport/https.ts"
import { createPackageUpdates } from "./fetch.ts"
import { writeState } from "./state.ts"

const root = createRoot()
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
const files = new Map<string, Buffer>()
const asked: string[] = []
const appliance = await openFakeAppliance(root, ({ path }) => {
  const query = new URL(path, "https://appliance").searchParams
  const [file, offset] = [query.get("file") ?? "", Number(query.get("offset"))]
  asked.push(`${file} ${offset}`)
  const bytes = files.get(file)
  if (bytes === undefined)
    return { status: 404, json: { code: "no-such-file", message: "No such file." } }
  const piece = bytes.subarray(offset, offset + PIECE_BYTES)
  return { status: 200, json: { totalBytes: bytes.length, base64: piece.toString("base64") } }
})
const uplink = createHttpsUplink({
  url: appliance.url,
  agent: AgentId.parse(randomUUID()),
  name: "pop",
  keyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  certificatePem: root.issue(
    "agent",
    publicKey.export({ type: "spki", format: "pem" }).toString(),
    "clientAuth",
  ),
  chainPem: root.rootPem,
  rootPem: root.rootPem,
  renewAfterMs: 0,
  tokenHash: "",
})
const folder = mkdtempSync(join(tmpdir(), "ispvm-agent-update-"))
after(async () => {
  uplink.close()
  await appliance.close()
  rmSync(folder, { recursive: true, force: true })
})

const { signal } = new AbortController()
const NAME = "ispvm-agent_2.0_amd64.deb"
const dataDir = join(folder, "data")
const stateFolder = join(folder, "state")
const runtimeFolder = join(folder, "run")
const fetched = (name: string): string => join(dataDir, "update", name)
const isRequested = (): boolean => existsSync(fetched("request.json"))

beforeEach(() => {
  rmSync(dataDir, { recursive: true, force: true })
  rmSync(stateFolder, { recursive: true, force: true })
  rmSync(runtimeFolder, { recursive: true, force: true })
  mkdirSync(dataDir, { recursive: true })
  files.clear()
  asked.length = 0
})
const offerFiles = (deb: Buffer, claimedBytes = deb.length): void => {
  const sha256 = createHash("sha256").update(deb).digest("hex")
  const manifest = {
    ...{ format: 1, product: "ispvm", version: "2.0", commit: "a".repeat(40), epochS: 1 },
    files: [{ name: NAME, bytes: claimedBytes, sha256 }],
  }
  files.set("manifest.json", Buffer.from(JSON.stringify(manifest)))
  files.set("manifest.sig", Buffer.from("{}"))
  files.set(NAME, deb)
}
const updates = (version = "1.0") =>
  createPackageUpdates({
    release: { version, architecture: "amd64" },
    dataDir,
    stateFolder,
    runtimeFolder,
    uplink: () => uplink,
    log: pino({ level: "silent" }),
  })
const until = async (condition: () => boolean): Promise<void> => {
  for (let tries = 0; !condition(); tries += 1) {
    assert.ok(tries < 500, "waited too long")
    await delay(20)
  }
}

test("an offered release is fetched in pieces, and root is asked once all of it is there", async () => {
  const deb = randomBytes(2 * PIECE_BYTES + 5)
  offerFiles(deb)
  const { offered } = updates()
  offered("2.0", signal)
  offered("2.0", signal)
  await until(isRequested)
  assert.ok(readFileSync(fetched(NAME)).equals(deb))
  assert.deepEqual(JSON.parse(readFileSync(fetched("request.json"), "utf8")), { version: "2.0" })
  assert.deepEqual(asked, [
    "manifest.json 0",
    "manifest.sig 0",
    ...[0, 1, 2].map((n) => `${NAME} ${n * PIECE_BYTES}`),
  ])
  offered("2.0", signal)
  await delay(50)
  assert.equal(asked.length, 5, "what waits for root is not fetched again")
})

test("its own release, and one while root works, are not fetched", async () => {
  offerFiles(Buffer.from("deb"))
  updates("2.0").offered("2.0", signal)
  mkdirSync(runtimeFolder)
  updates().offered("2.0", signal)
  await delay(50)
  assert.deepEqual(asked, [])
})

test("a release that is cut short, too large or without this package is not handed over", async () => {
  const makers = [
    () => offerFiles(Buffer.alloc(10), 20),
    () => offerFiles(Buffer.alloc(20), 10),
    () => {
      offerFiles(Buffer.alloc(10))
      files.delete(NAME)
    },
    () => files.set("manifest.json", Buffer.from("not json")),
  ]
  for (const make of makers) {
    files.clear()
    make()
    asked.length = 0
    const { offered } = updates()
    offered("2.0", signal)
    await until(() => asked.length > 0)
    await delay(100)
    const before = asked.length
    offered("2.0", signal)
    await delay(50)
    assert.equal(asked.length, before, "not at once again")
    assert.equal(isRequested(), false)
  }
})

test("the heartbeat names what was given up; the first answer is noted for root, once", () => {
  writeState(stateFolder, {
    failed: { version: "2.0", reason: "no-heartbeat" },
  })
  const { own, alive } = updates()
  assert.deepEqual(own(), {
    version: "1.0",
    architecture: "amd64",
    failed: { version: "2.0", reason: "no-heartbeat" },
  })
  mkdirSync(runtimeFolder)
  assert.equal(own().failed, null, "while another one is tried, nothing has failed yet")
  mkdirSync(join(dataDir, "update"))
  alive()
  const note = JSON.parse(readFileSync(join(dataDir, "alive.json"), "utf8"))
  assert.deepEqual(note, { version: "1.0", pid: process.pid })
  assert.equal(existsSync(join(dataDir, "update")), false, "what was fetched before is removed")
})
