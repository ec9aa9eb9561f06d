import assert from "node:assert/strict"
import { randomBytes, verify, X509Certificate } from "node:crypto"
import { after, before, test } from "node:test"
import { TimeAnswer, timeStatement } from "@ispvm/wire"
import { openRig, type Rig } from "../../../test/agent-rig.ts"

let rig: Rig
before(async () => {
  rig = await openRig()
})
after(() => rig.close())

test("the time is public, signed by the issuing authority over the nonce of the client", async () => {
  const nonce = randomBytes(32).toString("base64url")
  const { status, json } = await rig.send("GET", `/time/v1?nonce=${nonce}`)
  assert.equal(status, 200)
  const { atMs, issuingPem, signature, nonce: answeredNonce } = TimeAnswer.parse(json)
  assert.deepEqual(
    [answeredNonce, atMs, issuingPem],
    [nonce, rig.clock.now(), rig.authority.issuingPem],
  )
  const issuing = new X509Certificate(issuingPem)
  assert.ok(issuing.verify(new X509Certificate(rig.authority.rootPem).publicKey))
  assert.ok(
    verify(
      "sha256",
      Buffer.from(timeStatement(nonce, atMs)),
      issuing.publicKey,
      Buffer.from(signature, "base64url"),
    ),
  )
})

test("only a nonce is signed, and only at a limited rate", async () => {
  for (const path of [
    "/time/v1",
    "/time/v1?nonce=",
    "/time/v1?nonce=x",
    `/time/v1?nonce=${"a".repeat(42)}%0A`,
  ]) {
    const { status, json } = await rig.send("GET", path)
    assert.deepEqual([status, json.code], [400, "malformed"], path)
  }
  const nonce = "n".repeat(43)
  const statuses = new Set<number>()
  for (let n = 0; n < 25; n += 1)
    statuses.add((await rig.send("GET", `/time/v1?nonce=${nonce}`)).status)
  assert.deepEqual([...statuses], [200, 429])
})
