import assert from "node:assert/strict"
import { test } from "node:test"
import { onTerminal, readConfig } from "./config.ts"

const start = (env: Record<string, string>) => {
  const asked = readConfig(env, [])
  assert.ok(asked.kind === "start", JSON.stringify(asked))
  return asked.config
}
const wrong = (env: Record<string, string>, args: string[] = []) => {
  const asked = readConfig(env, args)
  assert.ok(asked.kind === "wrong")
  return asked.messages.join("\n")
}

test("nothing set is a start on loopback without TLS; an empty variable counts as left out", () => {
  const config = start({ DATABASE_URL: "", ISPVM_HTTP_PORT: " " })
  assert.equal(config.ISPVM_HTTP_PORT, 8080)
  assert.equal(config.DATABASE_URL, null)
  assert.deepEqual(config.doorBind, ["127.0.0.1"])
  assert.equal(config.uiTls, false)
})

test("bound elsewhere the screens have TLS, unless that is switched off", () => {
  assert.equal(start({ ISPVM_BIND: "0.0.0.0" }).uiTls, true)
  assert.equal(start({ ISPVM_BIND: "0.0.0.0", ISPVM_UI_TLS: "off" }).uiTls, false)
  assert.equal(start({ ISPVM_UI_TLS: "on" }).uiTls, true)
  assert.deepEqual(start({ ISPVM_DOOR_BIND: "127.0.0.1, 10.0.0.1" }).doorBind, ["127.0.0.1", "10.0.0.1"])
  assert.equal(start({ PUBLIC_BASE_URL: "https://[2001:db8::1]:8443/x" }).publicHost, "2001:db8::1")
})

for (const [name, value, expected] of [
  ["ISPVM_HTTP_PORT", "99999", /"99999".*65535/],
  ["ISPVM_HTTP_PORT", "http", /"http" is wrong/],
  ["ISPVM_UI_TLS", "maybe", /expected auto or on or off/],
  ["ISPVM_LAB_URL", "file:///etc/passwd", /expected a URL/],
  ["ISPVM_MAP_TILES_URL", "https://tiles.example.net", /template/],
  ["LOG_LEVEL", "loud", /expected fatal, error/],
  ["TENANT_MODE", "multi", /single/],
  ["AUTH_MODE", "oidc", /local/],
  ["INGEST_MAX_BODY_BYTES", "1", /between 65536 and/],
] as const) {
  test(`${name}=${value} is named with what was expected`, () => {
    const said = wrong({ [name]: value })
    assert.match(said, new RegExp(`^${name}: `))
    assert.match(said, expected)
  })
}

test("a wrong secret is named, not shown; every wrong value is told at once", () => {
  const said = wrong({ ENCRYPTION_MASTER_KEY: "my-secret", ISPVM_SETUP_CODE: "short", LOG_LEVEL: "x" }, ["--port"])
  assert.match(said, /ENCRYPTION_MASTER_KEY: expected 32 bytes/)
  assert.match(said, /ISPVM_SETUP_CODE: expected at least 8/)
  assert.match(said, /LOG_LEVEL/)
  assert.match(said, /--port: is not an option/)
  assert.doesNotMatch(said, /my-secret|short"/)
})

test("--help lists every variable with its default", () => {
  const asked = readConfig({ LOG_LEVEL: "wrong too" }, ["--help"])
  assert.ok(asked.kind === "help")
  assert.match(asked.text, /ISPVM_HTTP_PORT .*\[8080\]/)
  assert.match(asked.text, /DATABASE_URL/)
})

test("only the agent's own settings are passed on to the agent beside us", () => {
  const { agentEnvironment } = start({
    ISPVM_SYSLOG_PORT: "5514",
    DATABASE_URL: "postgres://u:p@h/d",
    PATH: "/bin",
    ENCRYPTION_MASTER_KEY: "0".repeat(64),
  })
  assert.deepEqual(agentEnvironment, { ISPVM_SYSLOG_PORT: "5514", PATH: "/bin" })
})

test("config: log lines do not bury the set-up code on a terminal, unless they are asked for", () => {
  assert.equal(onTerminal({}, true).LOG_LEVEL, "warn")
  assert.equal(onTerminal({ LOG_LEVEL: "info" }, true).LOG_LEVEL, "info")
  assert.equal(onTerminal({}, false).LOG_LEVEL, undefined)
})
