/**
 * What is stored on the router, read as each release reads it: the commands, and the scripts inside
 * them as they come out of the syntax tree.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { checkScript, type Release } from "../../check/check.ts"
import { releaseNamed } from "../../check/product.ts"
import type { Argument, Script, Statement, Value } from "../../check/syntax.ts"
import {
  type DesiredConfig,
  NETWATCH_TYPES,
  type NetwatchEntry,
  PROFILES,
  type Profile,
} from "../desired-config.ts"
import { exampleConfig } from "../example-config.ts"
import type { PartSpec } from "../part-spec.ts"
import { helloText, pushParts } from "./push.ts"

const RELEASES = ["6.49.17", "7.9.2", "7.12.2", "7.13.5", "7.18.2", "7.20.8", "7.22.1", "7.24"]
const NAME = 'a "quoted" \\ $name; [x] é?\n'

const netwatchEntry = (more: Partial<NetwatchEntry>): NetwatchEntry => ({
  name: "gateway",
  host: "198.51.100.1",
  type: "icmp",
  intervalS: 10,
  port: null,
  lossPercent: null,
  rttMs: null,
  measures: false,
  ...more,
})
const configOf = (
  release: string,
  profile: Profile,
  push: Partial<NonNullable<DesiredConfig["push"]>> = {},
): DesiredConfig => {
  const desired = exampleConfig(release, profile)
  return { ...desired, push: desired.push && { ...desired.push, heartbeatS: 60, ...push } }
}
const everyEntry = NETWATCH_TYPES.flatMap((type) =>
  [false, true].map((measures) =>
    netwatchEntry({
      name: `${NAME}${type} ${measures}`,
      type,
      measures,
      lossPercent: 20,
      rttMs: 150,
      port: 8080,
    }),
  ),
)

const releaseOf = (name: string): Release => {
  const release = releaseNamed(name)
  assert.ok(release)
  return release
}
/** The context of a part in a script. */
const withGlobals = (text: string): string => `:global ispvmNotes\n${text}`
const read = (text: string, release: string, what: string): Script => {
  const result = checkScript(text, releaseOf(release))
  assert.ok(
    result.ok,
    result.ok
      ? ""
      : `${release} ${what}: line ${result.line} column ${result.column}: ${result.message}\n${text.split("\n")[result.line - 1]}`,
  )
  return result.script
}

const valuesIn = (value: Value): readonly Value[] => {
  switch (value.kind) {
    case "run":
    case "code":
      return [value, ...value.statements.flatMap(valuesOf)]
    case "group":
      return valuesIn(value.value)
    case "array":
      return value.items.flatMap((item) => [
        ...(item.key === null ? [] : valuesIn(item.key)),
        ...valuesIn(item.value),
      ])
    case "unary":
      return valuesIn(value.operand)
    case "binary":
      return [...valuesIn(value.left), ...valuesIn(value.right)]
    case "word":
    case "string":
    case "variable":
    case "nothing":
      return [value]
  }
}
const argumentValues = (args: readonly Argument[]): readonly Value[] =>
  args.flatMap((arg) => (arg.kind === "given" ? valuesIn(arg.value) : []))
const valuesOf = (statement: Statement): readonly Value[] => {
  if (statement.kind === "command") return argumentValues(statement.args)
  if (statement.kind === "call")
    return [...valuesIn(statement.callee), ...argumentValues(statement.args)]
  return statement.kind === "block" ? statement.statements.flatMap(valuesOf) : []
}
/** Every string of a script without variables, with its escapes resolved. */
const stringsIn = (script: Script): readonly string[] =>
  script.statements.flatMap(valuesOf).flatMap((value) => {
    if (value.kind !== "string") return []
    const texts = value.parts.map((part) => (part.kind === "text" ? part.text : null))
    return texts.includes(null) ? [] : [texts.join("")]
  })

const SOURCES = /^(source|on-event|.*-script)$/
const sourcesOf = ({ expects }: PartSpec): readonly string[] =>
  expects.flatMap(({ want }) =>
    Object.entries(want).flatMap(([name, value]) => (SOURCES.test(name) ? [value] : [])),
  )

for (const release of RELEASES) {
  test(`${release}: every part, its removal and the scripts it stores are accepted, and stored as they were meant`, () => {
    for (const profile of PROFILES) {
      const desired = configOf(release, profile, { netwatch: everyEntry })
      read(helloText(desired), release, "hello")
      for (const part of pushParts(desired)) {
        const stored = stringsIn(read(withGlobals(part.text), release, part.id))
        read(part.remove, release, `${part.id} taken out`)
        for (const source of sourcesOf(part).filter((each) => each !== "")) {
          assert.ok(
            stored.includes(source),
            `${release} ${part.id}: not stored as it is looked for`,
          )
          read(source, release, `${part.id}, stored`)
        }
      }
    }
  })
}

test("pasted text is ASCII without question marks, for any names of netwatch entries", () => {
  for (const release of RELEASES)
    for (const part of pushParts(configOf(release, "access", { netwatch: everyEntry }))) {
      assert.match(part.text + part.remove, /^[\n\x20-\x3e\x40-\x7e]*$/)
      assert.ok(part.text.endsWith("\n") && (part.remove === "" || part.remove.endsWith("\n")))
    }
})

test("the comment of a netwatch entry contains its name, whatever the name is", () => {
  const name = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
    .filter((text) => text.isWellFormed() && !text.includes("\0"))
  fc.assert(
    fc.property(name, fc.constantFrom("6.49.17", "7.18.2"), (text, release) => {
      const [, , netwatch] = pushParts(
        configOf(release, "cpe", { netwatch: [netwatchEntry({ name: text, type: "simple" })] }),
      )
      assert.ok(netwatch)
      const strings = stringsIn(read(withGlobals(netwatch.text), release, "netwatch"))
      assert.ok(strings.includes(`ispvm: ${text}`))
    }),
    { numRuns: 200 },
  )
})

test("the key appears only in the header of a post, and verify does not show it", () => {
  for (const release of RELEASES) {
    const desired = configOf(release, "edge")
    const key = desired.push?.key ?? ""
    for (const part of pushParts(desired)) {
      for (const line of [...part.text.split("\n"), ...part.remove.split("\n")])
        if (line.includes(key))
          assert.equal(
            line
              .split(key)[0]
              ?.match(/\/tool fetch .* http-header-field=\\"Authorization: Bearer $/)?.length,
            1,
          )
      for (const { want, secret } of part.expects)
        for (const [name, value] of Object.entries(want))
          if (value.includes(key)) assert.ok(secret.includes(name), name)
    }
  }
})

test("no push writes a file, and every push checks the certificate", () => {
  for (const release of RELEASES) {
    const text = [
      helloText(configOf(release, "cpe")),
      ...pushParts(configOf(release, "cpe")).map((part) => part.text),
    ].join("")
    const posts = text.match(/\/tool fetch .*/g) ?? []
    assert.equal(posts.length, 3)
    for (const post of posts) {
      assert.match(post, /check-certificate=yes-without-crl /)
      assert.match(post, release.startsWith("6.") ? /keep-result=no/ : /output=none/)
    }
  }
})

test("a netwatch type that a release lacks is substituted, with a remark", () => {
  const cases: readonly (readonly [
    string,
    Partial<NetwatchEntry>,
    string | undefined,
    readonly string[],
  ])[] = [
    [
      "6.49.17",
      { type: "icmp", measures: true, rttMs: 5 },
      undefined,
      ["netwatch-type", "netwatch-no-figures", "netwatch-no-thresholds"],
    ],
    ["7.12.2", { type: "dns" }, "tcp-conn", ["netwatch-type", "netwatch-startup"]],
    ["7.18.2", { type: "dns" }, "tcp-conn", ["netwatch-type", "netwatch-startup"]],
    ["7.18.2", { type: "dns", host: "example.net" }, "dns", ["netwatch-startup"]],
    ["6.49.17", { type: "dns", host: "example.net" }, undefined, ["netwatch-type"]],
    ["7.9.2", { type: "icmp", measures: true, rttMs: 5 }, "icmp", ["netwatch-startup"]],
  ]
  for (const [release, overrides, type, remarks] of cases) {
    const [, , netwatch] = pushParts(
      configOf(release, "core", { netwatch: [netwatchEntry(overrides)] }),
    )
    const entry = netwatch?.expects.find(({ menu }) => menu === "/tool/netwatch")
    assert.equal(entry?.want.type, type)
    assert.deepEqual(
      netwatch?.remarks.map(({ id }) => id),
      remarks,
    )
  }
})

test("of two netwatch entries with the same name the first is set up, the other gets a remark", () => {
  const [, , netwatch] = pushParts(
    configOf("7.22.1", "core", {
      netwatch: [netwatchEntry({}), netwatchEntry({ host: "198.51.100.2" })],
    }),
  )
  assert.equal(netwatch?.expects.filter(({ menu }) => menu === "/tool/netwatch").length, 1)
  assert.ok(netwatch?.remarks.some(({ id }) => id === "netwatch-duplicate"))
})

test("stored scripts need no more policies than netwatch has", () => {
  for (const part of pushParts(configOf("7.22.1", "access")))
    for (const { want } of part.expects)
      if (want.policy !== undefined) assert.equal(want.policy, "read,write,test")
})

test("without push there are no push parts", () => {
  const desired = { ...exampleConfig("7.22.1", "cpe"), push: null }
  assert.deepEqual(pushParts(desired), [])
  assert.equal(helloText(desired), "")
})

test("without a heartbeat its part removes an earlier one", () => {
  const [, , , heartbeat] = pushParts(configOf("7.22.1", "core", { heartbeatS: 0 }))
  assert.equal(heartbeat?.text, heartbeat?.remove)
  assert.deepEqual(heartbeat?.expects, [])
})
