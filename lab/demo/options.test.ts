import assert from "node:assert/strict"
import { appendFileSync, existsSync, mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { endLeftovers } from "./leftovers.ts"
import { readOptions } from "./options.ts"
import { freePort, portError } from "./ports.ts"
import { summaryText } from "./summary.ts"

test("flags override the environment, and the environment overrides defaults", () => {
  assert.deepEqual(readOptions([], {}, "/r"), {
    dataDir: "/r/.data/demo",
    mode: "auto",
    isJson: false,
    httpPort: 8080,
    agentApiPort: 8444,
    pushPort: 8445,
    recordingsDir: null,
    connects: true,
    frr: null,
    isHelp: false,
  })
  const env = {
    ISPVM_DATA_DIR: "/d",
    ISPVM_HTTP_PORT: "9000",
    ISPVM_AGENT_API_PORT: "9001",
    ISPVM_RECORDINGS: "/x",
  }
  const options = readOptions(["--data", "/e", "--loopback", "--json"], env, "/r")
  assert.deepEqual(
    [
      options.dataDir,
      options.mode,
      options.isJson,
      options.httpPort,
      options.agentApiPort,
      options.recordingsDir,
    ],
    ["/e", "loopback", true, 9000, 9001, "/x"],
  )
})

test("port 0 means any free port, for the agent API as well", () => {
  const { httpPort, agentApiPort, pushPort } = readOptions(["--port", "0"], {}, "/r")
  assert.deepEqual([httpPort, agentApiPort, pushPort], [0, 0, 0])
})

for (const [argv, env, message] of [
  [["--port", "high"], {}, /--port is "high"; expected a port/],
  [[], { ISPVM_HTTP_PORT: "70000" }, /ISPVM_HTTP_PORT is "70000"; expected a port/],
  [["--colour"], {}, /--colour[\s\S]*--data DIR/],
] as const)
  test(`${argv.join(" ") || "a wrong variable"} is named with what was expected`, () =>
    assert.throws(() => readOptions(argv, env, "/r"), message))

test("a port in use is named, and a free one is not", async () => {
  const server = createServer()
  const port = await freePort()
  assert.equal(await portError("127.0.0.1", port, "go elsewhere"), null)
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve))
  assert.equal(
    await portError("127.0.0.1", port, "go elsewhere"),
    `port ${port} on 127.0.0.1 is in use by another program; go elsewhere`,
  )
  await new Promise((resolve) => server.close(resolve))
})

test("the block as JSON is one line that holds what a test needs", () => {
  const summary = {
    url: "http://127.0.0.1:1",
    email: "a@b.example",
    password: "x",
    mode: "loopback" as const,
    modeReason: "asked for",
    namespace: null,
    firstValueMs: 5_000,
    routers: 41,
    sites: 12,
    recorded: 0,
    dataDir: "/d",
    dataFlag: "",
    missing: null,
  }
  assert.deepEqual(JSON.parse(summaryText(summary, true)), summary)
  assert.match(summaryText(summary, false), /on loopback addresses \(asked for\): no ping/)
})

test("a note whose process number was reused stops no process", async () => {
  const dir = mkdtempSync(join(tmpdir(), "ispvm-lab-left-"))
  const note = { pid: process.pid, script: "appliance/src/main.ts", parent: 1 }
  appendFileSync(join(dir, "children.jsonl"), `${JSON.stringify(note)}\n`)
  await endLeftovers(dir)
  assert.ok(!existsSync(join(dir, "children.jsonl")))
  rmSync(dir, { recursive: true })
})
