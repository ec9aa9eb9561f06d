import assert from "node:assert/strict"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import fc from "fast-check"
import { checkScript, type Release } from "../check/check.ts"
import { releaseNamed } from "../check/product.ts"
import type { Statement, Value } from "../check/syntax.ts"
import { treeOf } from "../check/tree.ts"
import { recordingsFolder } from "../config.ts"
import {
  bootstrapCommand,
  type DesiredConfig,
  exampleConfig,
  makeScript,
  needsOf,
  PROFILES,
  SCRIPTS,
  validationErrors,
} from "./companion.ts"

const RELEASES = ["6.49.17", "7.9.2", "7.12.2", "7.13.5", "7.18.2", "7.20.8", "7.22.1", "7.24"]
const recordings = recordingsFolder()
const folder = recordings === undefined ? null : join(recordings, "api", "schema")

/** The product's own table, and the whole tree where recordings are available. */
const releaseCache = new Map<string, readonly Release[]>()
const releasesOf = (name: string): readonly Release[] => {
  const known = releaseCache.get(name)
  if (known !== undefined) return known
  const own = releaseNamed(name)
  const tree =
    folder !== null && existsSync(folder) && name.startsWith("7.")
      ? treeOf(folder, name)
      : undefined
  assert.ok(own !== undefined, name)
  const all = [own, ...(tree === undefined ? [] : [{ ...tree, name, isProven: true }])]
  releaseCache.set(name, all)
  return all
}

const rejections = (text: string, name: string): readonly string[] =>
  releasesOf(name).flatMap((release) => {
    const result = checkScript(text, release)
    return result.ok
      ? []
      : [
          `${name} line ${result.line} column ${result.column}: ${result.message}: ${text.split("\n")[result.line - 1]}`,
        ]
  })

/** A terminal completes at a tab and shows help at a question mark, in quotes too. */
const PASTED = /^[\x20-\x3e\x40-\x7e\n]*\n$/

const agentless = (desired: DesiredConfig): DesiredConfig => ({
  ...desired,
  agents: [],
  api: null,
  snmp: null,
  syslogTo: null,
})
const SHAPES: readonly (readonly [string, (desired: DesiredConfig) => DesiredConfig])[] = [
  ["as it is", (desired) => desired],
  ["no push", (desired) => ({ ...desired, push: null })],
  ["no agent", agentless],
  ["SNMP 2c", (desired) => ({ ...desired, snmp: { version: 2, community: "ispvm-community" } })],
  ["IPv6 only", (desired) => ({ ...desired, agents: ["2001:db8::10"] })],
  ["nothing to harden", (desired) => ({ ...desired, harden: null })],
]

for (const release of RELEASES)
  test(`a router of ${release} accepts every script of every profile`, () => {
    let count = 0
    for (const profile of PROFILES)
      for (const [shape, change] of SHAPES)
        for (const kind of SCRIPTS) {
          const desired = change(exampleConfig(release, profile))
          assert.deepEqual(validationErrors(desired), [])
          const { text } = makeScript(kind, desired)
          assert.deepEqual(rejections(text, release), [], `${profile} ${shape} ${kind}`)
          assert.match(text, PASTED)
          count += 1
        }
    assert.equal(count, PROFILES.length * SHAPES.length * SCRIPTS.length)
  })

test("a configuration gives the same bytes each time, and each part begins at its stated line", () => {
  for (const kind of SCRIPTS) {
    const desired = exampleConfig("7.18.2", "access")
    const made = makeScript(kind, desired)
    assert.deepEqual(makeScript(kind, structuredClone(desired)), made)
    const lines = made.text.split("\n")
    for (const { text, firstLine, id } of made.parts)
      assert.equal(
        lines.slice(firstLine - 1, firstLine - 1 + text.split("\n").length - 1).join("\n"),
        text.trimEnd(),
        id,
      )
    assert.equal(new Set(made.parts.map(({ id }) => id)).size, made.parts.length)
    assert.deepEqual(made.parts.at(0)?.id, "preamble")
    assert.deepEqual(made.parts.at(-1)?.id, "report")
  }
})

test("a script stops on a router of another release before it changes anything", () => {
  const { text } = makeScript("onboard", exampleConfig("7.18.2", "core"))
  const check = text.indexOf("$release >= 7018 and $release <= 7021")
  const stop = text.indexOf(":if (!$ispvmGo) do={")
  const first = text.search(/\/(user|ip service|snmp|system script|certificate)[a-z ]* (add|set)/)
  assert.ok(check > 0 && check < stop && stop < first)
})

// ── texts that people type ──

const valuesIn = (value: Value, into: string[]): void => {
  if (value.kind === "string" && value.parts.every((part) => part.kind === "text"))
    into.push(value.parts.map((part) => (part.kind === "text" ? part.text : "")).join(""))
  if (value.kind === "code" || value.kind === "run") stringsIn(value.statements, into)
  if (value.kind === "group") valuesIn(value.value, into)
  if (value.kind === "binary") for (const side of [value.left, value.right]) valuesIn(side, into)
}
/** Every string of a script as the router stores it. */
const stringsIn = (statements: readonly Statement[], into: string[] = []): readonly string[] => {
  for (const statement of statements) {
    if (statement.kind === "block") stringsIn(statement.statements, into)
    if (statement.kind === "command" || statement.kind === "call")
      for (const argument of statement.args)
        if (argument.kind === "given") valuesIn(argument.value, into)
  }
  return into
}

const hostile = fc
  .string({
    unit: fc.constantFrom(
      '"',
      "$",
      "\\",
      "?",
      "{",
      "}",
      "[",
      "]",
      ";",
      "#",
      " ",
      "(",
      "é",
      "日",
      "😀",
      "a",
      "Z",
      "0",
    ),
    minLength: 8,
    maxLength: 24,
  })
  .filter((text) => text.trim() !== "")

for (const release of ["6.49.17", "7.9.2", "7.18.2", "7.24"])
  test(`names and passwords of any characters reach a router of ${release} unchanged`, () => {
    const [own] = releasesOf(release)
    assert.ok(own !== undefined)
    fc.assert(
      fc.property(hostile, hostile, hostile, (password, name, list) => {
        const desired: DesiredConfig = {
          ...exampleConfig(release, "access"),
          routerName: name,
          api: { username: `a${name}z`, password },
          snmp: { version: 3, user: name, authPassword: password, privPassword: name },
          harden: { servicesOff: ["telnet"], discoveryList: `L${list}`, undoAfterMinutes: 5 },
        }
        assert.deepEqual(validationErrors(desired), [])
        for (const kind of SCRIPTS) {
          const { text } = makeScript(kind, desired)
          assert.match(text, PASTED)
          const result = checkScript(text, own)
          assert.ok(result.ok)
          const strings = stringsIn(result.script.statements)
          if (kind === "onboard")
            for (const typed of [password, `a${name}z`, name])
              assert.ok(strings.includes(typed), typed)
          if (kind === "harden") assert.ok(strings.includes(`L${list}`))
        }
      }),
      { numRuns: 25 },
    )
  })

const base = exampleConfig("7.18.2", "edge")
const INVALID_CONFIGS: readonly (readonly [desired: Partial<DesiredConfig>, fault: RegExp])[] = [
  [{ release: "seven" }, /^release: seven is no RouterOS release/],
  [{ release: "6.40" }, /^release: scripts are made for 6\.49 and for 7/],
  [{ release: "8.1" }, /^release:/],
  [{ routerName: " " }, /^routerName: is empty/],
  [{ agents: ["192.0.2.1 comment=x"] }, /^agents\[0\]/],
  [{ api: { username: "*x", password: "y" } }, /^api\.username/],
  [{ api: { username: "x", password: "" } }, /^api\.password/],
  [{ api: { username: "x", password: "a\nb" } }, /^api\.password/],
  [
    { snmp: { version: 3, user: "u", authPassword: "short", privPassword: "long enough" } },
    /^snmp\.authPassword: at least 8/,
  ],
  [
    { snmp: { version: 3, user: "u", authPassword: "long enough", privPassword: "" } },
    /^snmp\.privPassword/,
  ],
  [{ snmp: { version: 2, community: "" } }, /^snmp\.community/],
  [{ syslogTo: { address: "192.0.2.1/24", port: 514 } }, /^syslogTo\.address/],
  [{ syslogTo: { address: "192.0.2.1", port: 0 } }, /^syslogTo\.port/],
  [{ authority: { pem: "x", fingerprint: "0".repeat(64) } }, /^authority\.pem/],
  [{ authority: { ...base.authority, fingerprint: "AB:CD" } }, /^authority\.fingerprint/],
  [
    { harden: { servicesOff: ["api-ssl"], discoveryList: null, undoAfterMinutes: 10 } },
    /^harden\.servicesOff\[0\]/,
  ],
  [
    { harden: { servicesOff: [], discoveryList: null, undoAfterMinutes: 0 } },
    /^harden\.undoAfterMinutes/,
  ],
]
test("an invalid configuration is rejected with the name of the field", () => {
  for (const [change, fault] of INVALID_CONFIGS) {
    const faults = validationErrors({ ...base, ...change })
    assert.equal(faults.length, 1, `${fault}: ${faults.join("; ")}`)
    assert.match(faults[0] ?? "", fault)
  }
})

test("unencrypted SNMP is stated in the script and in a remark", () => {
  const made = makeScript("onboard", {
    ...base,
    snmp: { version: 2, community: "ispvm-community" },
  })
  assert.ok(made.remarks.some(({ id }) => id === "snmp-clear"))
  assert.match(
    made.text,
    /# SNMP version 2c was asked for: the community and all that is read can be seen/,
  )
})

test("a release known only from documentation is marked", () => {
  assert.equal(makeScript("onboard", base).isProven, true)
  const old = makeScript("onboard", exampleConfig("6.49.17", "edge"))
  assert.equal(old.isProven, false)
  assert.ok(old.remarks.some(({ id }) => id === "unproven"))
})

test("syslog uses the most complete form of the release", () => {
  const formOf = (release: string): string =>
    /logging action add (.*)/.exec(
      makeScript("onboard", exampleConfig(release, "edge")).text,
    )?.[1] ?? ""
  assert.match(formOf("7.12.2"), /bsd-syslog=yes/)
  assert.match(formOf("7.18.2"), /remote-log-format=syslog(?!.*add-topics-string)/)
  assert.match(formOf("7.22.1"), /remote-log-format=syslog add-topics-string=yes/)
})

test("every release accepts the line to paste, and no URL contains the secret", () => {
  for (const release of RELEASES) {
    const line = bootstrapCommand({
      host: "2001:db8::1",
      port: 8445,
      caFingerprint: "ab".repeat(32),
      secret: "s3cret-s3cret",
      release,
    })
    assert.deepEqual(rejections(line, release), [])
    assert.doesNotMatch(line, /\n/)
    for (const [, url] of line.matchAll(/url="([^"]*)"/g)) assert.doesNotMatch(url ?? "", /s3cret/)
    assert.ok(line.indexOf("fingerprint=") < line.indexOf("s3cret"))
    assert.ok(line.indexOf(":error") < line.indexOf("s3cret"))
    assert.match(
      line,
      /check-certificate=yes-without-crl http-header-field="Authorization: Bearer s3cret-s3cret"/,
    )
  }
})

test("removal lists the policies it needs, and needs no secret of the router", () => {
  assert.deepEqual(needsOf("confirm-harden", base), ["policy", "read", "write"])
  assert.ok(needsOf("onboard", base).includes("policy"))
})
