import assert from "node:assert/strict"
import { test } from "node:test"
import { onTerminal, readConfig } from "./config.ts"

const start = (env: Record<string, string>) => {
  const parsed = readConfig(env, [])
  assert.ok(parsed.kind === "start", JSON.stringify(parsed))
  return parsed.config
}
const rejected = (env: Record<string, string>, args: string[] = []) => {
  const parsed = readConfig(env, args)
  assert.ok(parsed.kind === "invalid")
  return parsed.messages.join("\n")
}

test("without settings it starts on loopback without TLS; an empty variable counts as not set", () => {
  const config = start({ DATABASE_URL: "", ISPVM_HTTP_PORT: " " })
  assert.equal(config.ISPVM_HTTP_PORT, 8080)
  assert.equal(config.DATABASE_URL, null)
  assert.deepEqual(config.agentApiBind, ["127.0.0.1"])
  assert.equal(config.uiTls, false)
})

test("on other addresses the UI has TLS, unless it is turned off", () => {
  assert.equal(start({ ISPVM_BIND: "0.0.0.0" }).uiTls, true)
  assert.equal(start({ ISPVM_BIND: "0.0.0.0", ISPVM_UI_TLS: "off" }).uiTls, false)
  assert.equal(start({ ISPVM_UI_TLS: "on" }).uiTls, true)
  assert.deepEqual(start({ ISPVM_AGENT_API_BIND: "127.0.0.1, 10.0.0.1" }).agentApiBind, [
    "127.0.0.1",
    "10.0.0.1",
  ])
  assert.equal(start({ PUBLIC_BASE_URL: "https://[2001:db8::1]:8443/x" }).publicHost, "2001:db8::1")
})

for (const [name, value, expected] of [
  ["ISPVM_HTTP_PORT", "99999", /"99999".*65535/],
  ["ISPVM_HTTP_PORT", "http", /"http" is wrong/],
  ["ISPVM_COLLECTOR_INTERVALS", "snmp.health", /collector=seconds.*1 to 86400 seconds/],
  ["ISPVM_COLLECTOR_INTERVALS", "snmp.health=0", /1 to 86400 seconds/],
  ["ISPVM_COLLECTOR_INTERVALS", "snmp.health=60,snmp.facts=86401", /1 to 86400 seconds/],
  ["ISPVM_UI_TLS", "maybe", /expected auto or on or off/],
  ["ISPVM_FAULT_INJECTION_URL", "file:///etc/passwd", /expected a URL/],
  ["ISPVM_MAP_TILES_URL", "https://tiles.example.net", /template/],
  ["LOG_LEVEL", "loud", /expected fatal, error/],
  ["ISPVM_TRACES_URL", "collector:4318", /expected a URL/],
  ["TENANT_MODE", "multi", /single/],
  ["AUTH_MODE", "oidc", /local/],
  ["INGEST_MAX_BODY_BYTES", "1", /between 65536 and/],
] as const) {
  test(`${name}=${value} is reported with what was expected`, () => {
    const message = rejected({ [name]: value })
    assert.match(message, new RegExp(`^${name}: `))
    assert.match(message, expected)
  })
}

test("a URL for traces holds no secret, and one that does is not shown", () => {
  for (const url of [
    "http://noc:geheim@c.example.net/v1/traces",
    "http://c.example.net/?k=geheim",
  ]) {
    const message = rejected({ ISPVM_TRACES_URL: url })
    assert.match(message, /^ISPVM_TRACES_URL: expected a URL without user, password and query/)
    assert.doesNotMatch(message, /geheim/)
  }
  const url = "http://c.example.net:4318/v1/traces"
  assert.equal(start({ ISPVM_TRACES_URL: url }).ISPVM_TRACES_URL, url)
})

test("an invalid secret is named, not shown; all invalid values are reported at once", () => {
  const message = rejected(
    { ENCRYPTION_MASTER_KEY: "my-secret", ISPVM_SETUP_CODE: "short", LOG_LEVEL: "x" },
    ["--port"],
  )
  assert.match(message, /ENCRYPTION_MASTER_KEY: expected 32 bytes/)
  assert.match(message, /ISPVM_SETUP_CODE: expected at least 8/)
  assert.match(message, /LOG_LEVEL/)
  assert.match(message, /--port: is not an option/)
  assert.doesNotMatch(message, /my-secret|short"/)
})

test("--help lists every variable with its default", () => {
  const parsed = readConfig({ LOG_LEVEL: "wrong too" }, ["--help"])
  assert.ok(parsed.kind === "help")
  assert.match(parsed.text, /ISPVM_HTTP_PORT .*\[8080\]/)
  assert.match(parsed.text, /DATABASE_URL/)
  assert.match(parsed.text, /ISPVM_AGENT_API_PORT .*\[8444\]/)
  assert.doesNotMatch(parsed.text, /DOOR/)
})

const OLD_PORT = "ISPVM_DOOR_PORT"
const OLD_BIND = "ISPVM_DOOR_BIND"
test("config: a setting under its old name is accepted with a warning that names the new one", () => {
  const parsed = readConfig({ [OLD_PORT]: "9444", [OLD_BIND]: " ::1, 127.0.0.1 " }, [])
  assert.ok(parsed.kind === "start")
  assert.equal(parsed.config.ISPVM_AGENT_API_PORT, 9444)
  assert.deepEqual(parsed.config.agentApiBind, ["::1", "127.0.0.1"])
  assert.deepEqual(
    parsed.warnings.map((warning) => warning.split(";")[0]),
    ["ISPVM_DOOR_BIND is now ISPVM_AGENT_API_BIND", "ISPVM_DOOR_PORT is now ISPVM_AGENT_API_PORT"],
  )
  const both = readConfig({ [OLD_PORT]: "9444", ISPVM_AGENT_API_PORT: "9444" }, [])
  assert.ok(both.kind === "start" && both.warnings.length === 1)
  const none = readConfig({ [OLD_PORT]: "", ISPVM_AGENT_API_PORT: "9444" }, [])
  assert.ok(none.kind === "start" && none.warnings.length === 0)
})

test("config: a setting given different values under its old and new name is rejected", () => {
  const message = rejected({ [OLD_PORT]: "9444", ISPVM_AGENT_API_PORT: "9445" })
  assert.equal(
    message.split("\n")[0],
    'ISPVM_AGENT_API_PORT: "9445" differs from ISPVM_DOOR_PORT, "9444", its old name; remove ISPVM_DOOR_PORT',
  )
  assert.match(
    rejected({ [OLD_PORT]: "99999" }),
    /^ISPVM_AGENT_API_PORT: "99999".*65535.*\nISPVM_DOOR_PORT is now/,
  )
})

test("only the agent's own settings are passed on to the local agent", () => {
  const { agentEnvironment } = start({
    ISPVM_SYSLOG_PORT: "5514",
    DATABASE_URL: "postgres://u:p@h/d",
    PATH: "/bin",
    ENCRYPTION_MASTER_KEY: "0".repeat(64),
  })
  assert.deepEqual(agentEnvironment, { ISPVM_SYSLOG_PORT: "5514", PATH: "/bin" })
})

test("config: on a terminal, log lines do not bury the set-up code, unless LOG_LEVEL is set", () => {
  assert.equal(onTerminal({}, true).LOG_LEVEL, "warn")
  assert.equal(onTerminal({ LOG_LEVEL: "info" }, true).LOG_LEVEL, "info")
  assert.equal(onTerminal({}, false).LOG_LEVEL, undefined)
})

test("collection intervals are seconds by collector; an unknown collector is a warning", () => {
  const env = { ISPVM_COLLECTOR_INTERVALS: "snmp.health=60, snmp.facts=3600,bgp.sessions=5" }
  const parsed = readConfig(env, [])
  assert.ok(parsed.kind === "start")
  assert.deepEqual(parsed.config.ISPVM_COLLECTOR_INTERVALS, {
    "snmp.health": 60_000,
    "snmp.facts": 3_600_000,
    "bgp.sessions": 5_000,
  })
  assert.match(parsed.warnings.join(), /no collector bgp\.sessions.*Use one of .*snmp\.health/)
})
