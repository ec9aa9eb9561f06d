/** What agents are offered, through the real agent API, from a folder as an update leaves it. */
import assert from "node:assert/strict"
import { createHash, generateKeyPairSync, randomBytes } from "node:crypto"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { formatPackageHeader, HeartbeatAnswer, PACKAGE_HEADER, PIECE_BYTES } from "@ispvm/wire"
import { type Manifest, signManifest } from "@ispvm/wire/signed-manifest"
import {
  assertRejected,
  type Client,
  heartbeatOf,
  openRig,
  type Rig,
} from "../../../test/agent-rig.ts"
import { createAgentPackages } from "../../compose/agent-packages.ts"

const VERSION = "2.0"
const DEB = `ispvm-agent_${VERSION}_amd64.deb`
const deb = randomBytes(PIECE_BYTES + 11)
let rig: Rig
let folder: string
const at = { ms: 0 }

before(async () => {
  rig = await openRig({
    packages: createAgentPackages({
      folder: () => folder,
      ownVersion: VERSION,
      steady: () => at.ms,
    }),
  })
  folder = join(rig.directory, "agent")
  mkdirSync(folder)
})
after(() => rig.close())

const publish = (version: string): void => {
  const manifest: Manifest = {
    ...{ format: 1, product: "ispvm", version, commit: "a".repeat(40), epochS: 1 },
    files: [
      {
        name: DEB,
        bytes: deb.length,
        sha256: createHash("sha256").update(deb).digest("hex"),
      },
    ],
  }
  const signed = signManifest(manifest, generateKeyPairSync("ed25519").privateKey)
  writeFileSync(join(folder, "manifest.json"), signed.manifest)
  writeFileSync(join(folder, "manifest.sig"), signed.signature)
  writeFileSync(join(folder, DEB), deb)
  at.ms += 60_000
}
const sendHeartbeat = async (client: Client, version: string | null) => {
  const own = { version: version ?? "", architecture: "amd64", failed: null } as const
  const headers = version === null ? {} : { [PACKAGE_HEADER]: formatPackageHeader(own) }
  const { json } = await rig.send("POST", "/heartbeat/v1", heartbeatOf(rig), client, headers)
  return HeartbeatAnswer.parse(json).package ?? null
}
const piece = (client: Client, file: string, offset: number | string) =>
  rig.send("GET", `/package/v1?file=${encodeURIComponent(file)}&offset=${offset}`, null, client)

test("an agent that can be updated is offered the release, one that cannot gets none", async () => {
  const one = await rig.enrolled("one")
  const other = await rig.enrolled("other")
  assert.equal(await sendHeartbeat(one.client, "1.0"), null, "there is no release yet")
  publish(VERSION)
  assert.equal(await sendHeartbeat(other.client, null), null)
  assert.deepEqual(await sendHeartbeat(one.client, "1.0"), { version: VERSION })
  assert.equal(await sendHeartbeat(other.client, "1.0"), null, "one after the other")
  const shown = await rig.agents.one(rig.org, one.id)
  assert.deepEqual(shown.update, { state: "updating", version: VERSION, reason: null })
  assert.equal(await sendHeartbeat(one.client, VERSION), null)
  assert.deepEqual(await sendHeartbeat(other.client, "1.0"), { version: VERSION })
})

test("a release of another version than the appliance's own is offered to nobody", async () => {
  const { client } = await rig.enrolled("third")
  publish("3.0")
  assert.equal(await sendHeartbeat(client, "1.0"), null)
  publish(VERSION)
})

test("the files of the release are sent in pieces, and no other file of the machine is", async () => {
  const { client } = await rig.enrolled("fetching")
  const first = await piece(client, DEB, 0)
  const second = await piece(client, DEB, PIECE_BYTES)
  const bytes = [first, second].map(({ json }) => Buffer.from(String(json.base64), "base64"))
  assert.ok(Buffer.concat(bytes).equals(deb))
  assert.equal(first.json.totalBytes, deb.length)
  assertRejected(await piece(client, "ispvm-agent_2.0_arm64.deb", 0), 404, "no-such-file")
  assertRejected(await piece(client, DEB, deb.length + 1), 404, "no-such-file")
  for (const [file, offset] of [
    ["../pki/root.pem", 0],
    ["/etc/passwd", 0],
    [DEB, -1],
    [DEB, "x"],
  ] as const)
    assertRejected(await piece(client, file, offset), 400, "malformed")
  const anonymous = await piece({}, DEB, 0)
  assert.equal(anonymous.status, 401)
})

test("a header that no agent sends counts as none", async () => {
  const { client } = await rig.enrolled("odd")
  for (const value of [
    "1.0",
    "1.0 sparc",
    "1.0 amd64 2.0",
    "1.0 amd64 2.0 x y",
    "a".repeat(3_000),
  ]) {
    const headers = { [PACKAGE_HEADER]: value }
    const { status, json } = await rig.send(
      ...(["POST", "/heartbeat/v1", heartbeatOf(rig), client, headers] as const),
    )
    assert.equal(status, 200)
    assert.equal(HeartbeatAnswer.parse(json).package, undefined)
  }
})

test("trying an update again is audited, and needs an agent", async () => {
  const { id } = await rig.enrolled("again")
  await rig.agents.retryUpdate(rig.actor, id)
  await assert.rejects(
    rig.agents.retryUpdate(rig.actor, "00000000-0000-4000-8000-00000000ffff"),
    /There is no agent/,
  )
})
