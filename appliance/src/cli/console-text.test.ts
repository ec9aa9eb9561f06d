/** What an operator reads on the console. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { type ConsoleFacts, consoleLines, fitted } from "./console-text.ts"

const GB = 1e9
const facts = (
  status: Partial<ConsoleFacts["status"]> = {},
  others: Partial<ConsoleFacts> = {},
): ConsoleFacts => ({
  status: {
    version: "0.1.0",
    services: { "ispvm-database": "active", ispvm: "active", "ispvm-agent": "inactive" },
    ready: true,
    problems: [],
    setupCode: null,
    fingerprint: Buffer.alloc(32, 0xab).toString("base64url"),
    seedProblems: [],
    disk: { freeBytes: 15 * GB, totalBytes: 20 * GB },
    ...status,
  },
  addresses: ["192.0.2.10", "2001:db8::10"],
  port: 443,
  atMs: Date.UTC(2026, 10, 30, 3, 0, 0),
  ...others,
})

test("a new appliance shows its addresses, the setup code and the fingerprint", () => {
  assert.deepEqual(consoleLines(facts({ setupCode: "ABCD-EFGH-JKLM" })), [
    "ISP Visual Monitor 0.1.0",
    "",
    "Open one of these addresses in a browser:",
    "  https://192.0.2.10/",
    "  https://[2001:db8::10]/",
    "",
    "Setup code. It works once:",
    "  ABCD-EFGH-JKLM",
    "",
    "SHA-256 of the certificate authority:",
    `  ${Array(16).fill("AB").join(":")}`,
    `  ${Array(16).fill("AB").join(":")}`,
    "",
    "All services run.",
    "15.0 GB free of 20.0 GB for data.",
    "",
    "2026-11-30 03:00:00 UTC",
  ])
})

test("what is wrong is named: no address, a stopped service, a reason, a full disk", () => {
  const text = (...given: Parameters<typeof facts>) => consoleLines(facts(...given)).join("\n")
  assert.match(text({}, { addresses: [] }), /no address yet/)
  assert.match(text({}, { port: 8443 }), /https:\/\/192\.0\.2\.10:8443\//)
  assert.match(
    text({
      services: { "ispvm-database": "failed", ispvm: "active" },
      ready: false,
      problems: ["the database does not answer"],
    }),
    /^ispvm-database: failed; the database does not answer$/m,
  )
  assert.match(
    text({ disk: { freeBytes: GB, totalBytes: 20 * GB } }),
    /^The disk is nearly full\.$/m,
  )
  assert.doesNotMatch(text({ fingerprint: null }), /authority/)
})

test("what was wrong with the seed is named, in characters that every console has", () => {
  const lines = consoleLines(
    facts({ seedProblems: [{ key: "hostname", fault: "wrong-value", detail: "müller" }] }),
  )
  assert.ok(lines.includes("Seed: hostname: wrong value (m?ller)"), lines.join("\n"))
})

test("a narrow or low console cuts what does not fit", () => {
  assert.deepEqual(fitted(["short", "a line that is longer", "third"], 10, 2), [
    "short",
    "a line ...",
  ])
})
