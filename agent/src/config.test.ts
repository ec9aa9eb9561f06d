import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { helpText, readConfig, SETTINGS } from "./config.ts"

const token = `ispvm1.${"a".repeat(43)}.${"b".repeat(43)}`

test("without settings the defaults apply", () => {
  assert.deepEqual(readConfig([], {}), {
    kind: "config",
    warnings: [],
    config: {
      url: null,
      token: null,
      dataDir: ".data/agent",
      updateDir: null,
      healthPort: 9790,
      syslogPort: "auto",
      syslogBind: "0.0.0.0",
      allowLoopback: false,
      syslogRelays: [],
      syslogTlsPort: null,
      syslogTlsCertificate: null,
      syslogForward: null,
      syslogForwardCa: null,
      trapPort: null,
      redact: [],
      redactKeyFile: null,
      searchPath: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      notifySocket: null,
      watchdogMs: null,
      logLevel: "info",
    },
  })
})

test("a flag has priority over the environment, and an empty value counts as not set", () => {
  const read = readConfig(["--url", "https://a.example:8444", "--token", token], {
    ISPVM_URL: "https://b.example",
    ISPVM_SYSLOG_PORT: "5140",
    LOG_LEVEL: "",
  })
  assert.ok(read.kind === "config")
  assert.deepEqual(
    [read.config.url, read.config.token, read.config.syslogPort, read.config.logLevel],
    ["https://a.example:8444", token, 5140, "info"],
  )
})

test("each invalid value is reported with what was expected, and never repeated", () => {
  const read = readConfig(["--token", "secret-thing"], {
    ISPVM_URL: "http://plain.example",
    ISPVM_AGENT_HEALTH_PORT: "70000",
    LOG_LEVEL: "loud",
    ISPVM_SYSLOG_BIND: "here",
  })
  assert.ok(read.kind === "error")
  assert.equal(read.messages.length, 5)
  assert.match(read.messages.join("\n"), /--url \(ISPVM_URL\): expected an address such as https/)
  assert.doesNotMatch(read.messages.join("\n"), /secret-thing/)
})

test("an unknown flag is reported, and help lists every setting", () => {
  const read = readConfig(["--nothing"], {})
  assert.match(read.kind === "error" ? read.messages.join() : "", /--nothing/)
  assert.deepEqual(readConfig(["--help"], {}), { kind: "help", text: helpText() })
  for (const name of Object.keys(SETTINGS)) assert.ok(helpText().includes(name), name)
})

const tokenOf = (argv: readonly string[], readLine: (file: string) => string = () => token) => {
  const read = readConfig(argv, {}, readLine)
  return read.kind === "config"
    ? { token: read.config.token, warnings: read.warnings.length }
    : read
}

test("a token is read from standard input or a file; as an argument it works with a warning", () => {
  assert.deepEqual(tokenOf(["--token", token]), { token, warnings: 1 })
  assert.deepEqual(
    tokenOf(["--token", "-"], (file) => (file === "-" ? token : "")),
    { token, warnings: 0 },
  )
  assert.deepEqual(
    tokenOf(["--token-file", "/run/token"], (file) => (file === "/run/token" ? token : "")),
    { token, warnings: 0 },
  )
  const both = tokenOf(["--token", "-", "--token-file", "x"])
  assert.match(JSON.stringify(both), /--token and --token-file: expected one of them/)
  const missing = tokenOf(["--token-file", "/nowhere"], () => {
    throw new Error("ENOENT")
  })
  assert.match(JSON.stringify(missing), /--token-file: the file cannot be read: ENOENT/)
  const failed = readConfig(["--token", "-"], {}, () => "hush-hush")
  assert.ok(failed.kind === "error" && !failed.messages.join().includes("hush"))
})

const configOf = (env: Readonly<Record<string, string>>) => {
  const read = readConfig([], env)
  assert.ok(read.kind === "config")
  return read.config
}

test("of ISPVM_TOKEN_FILE, the first file that exists holds the token; none is no error", () => {
  const dir = mkdtempSync(join(tmpdir(), "ispvm-token-"))
  try {
    const file = join(dir, "token")
    const given = { ISPVM_TOKEN_FILE: `${join(dir, "missing")}:${file}` }
    assert.equal(configOf({ ...given }).token, null)
    writeFileSync(file, `${token}\n`)
    assert.equal(configOf({ ...given }).token, token)
    writeFileSync(file, "not a token\n")
    const wrong = readConfig([], given)
    assert.ok(wrong.kind === "error")
    assert.doesNotMatch(wrong.messages.join(), /not a token/)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})

test("what systemd sets is read: its socket, and its watchdog in milliseconds", () => {
  const config = configOf({ NOTIFY_SOCKET: "/run/systemd/notify", WATCHDOG_USEC: "20000000" })
  assert.equal(config.notifySocket, "/run/systemd/notify")
  assert.equal(config.watchdogMs, 20_000)
  assert.equal(configOf({}).watchdogMs, null)
})

test("a redaction needs a key, and an unknown one is refused: it would hide nothing", () => {
  const both = configOf({ ISPVM_REDACT: "users,addresses", ISPVM_REDACT_KEY_FILE: "/etc/key" })
  assert.deepEqual([both.redact, both.redactKeyFile], [["users", "addresses"], "/etc/key"])
  assert.deepEqual(configOf({ ISPVM_REDACT_KEY_FILE: "/etc/key" }).redact, [])
  for (const [env, message] of [
    [{ ISPVM_REDACT: "users" }, /ISPVM_REDACT needs ISPVM_REDACT_KEY_FILE/],
    [{ ISPVM_REDACT: "user", ISPVM_REDACT_KEY_FILE: "/etc/key" }, /ISPVM_REDACT: expected users/],
  ] as const) {
    const read = readConfig([], env)
    assert.match(read.kind === "error" ? read.messages.join() : "", message)
  }
})
