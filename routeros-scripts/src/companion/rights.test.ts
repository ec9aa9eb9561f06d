import assert from "node:assert/strict"
import { test } from "node:test"
import { checkScript } from "../check/check.ts"
import { releaseNamed } from "../check/product.ts"
import { exampleConfig, makeScript, needsOf, PROFILES, SCRIPTS } from "./companion.ts"
import { rightsIn } from "./rights.ts"

const RELEASES = ["6.49.17", "7.9.2", "7.13.5", "7.18.2", "7.24"]

const readAs = (text: string, name: string) => {
  const release = releaseNamed(name)
  assert.ok(release !== undefined, name)
  const result = checkScript(text, release)
  assert.ok(result.ok, result.ok ? "" : `${result.message} at line ${result.line} of ${text}`)
  return rightsIn(result.script.statements)
}

/**
 * Every stored script compared with the policies it is given, and the scripts it executes with
 * them.
 */
const missingPolicies = (
  text: string,
  granted: ReadonlySet<string>,
  where: string,
  release: string,
): readonly string[] => {
  const { needs, stores, runs } = readAs(text, release)
  return [
    ...[...needs].filter((each) => !granted.has(each)).map((each) => `${where} needs ${each}`),
    ...stores.flatMap((each) => missingPolicies(each.source, each.granted, each.where, release)),
    ...runs.flatMap((each) => missingPolicies(each, granted, `${where} :execute`, release)),
  ]
}

test("the policies of a script follow from its text", () => {
  const rights = (text: string) => [...readAs(text, "7.18.2").needs].sort()
  assert.deepEqual(rights(":put 1"), [])
  assert.deepEqual(rights(":put [/system identity get name]"), ["read"])
  assert.deepEqual(
    rights(':do { :if (true) do={ /user add name=x group=read password="" } } on-error={}'),
    ["policy", "write"],
  )
  assert.deepEqual(rights('/tool fetch url="https://x/"'), ["test"])
  assert.deepEqual(rights("/ip service set [/ip service find where name=api] disabled=yes"), [
    "read",
    "write",
  ])
  const [script] = readAs(
    '{ :local text "/system reboot"; :if (true) do={ /system script add name=a policy=read source=$text } }',
    "7.18.2",
  ).stores
  assert.deepEqual(script, {
    where: "/system/script a source",
    source: "/system reboot",
    granted: new Set(["read"]),
  })
  assert.deepEqual(
    missingPolicies(
      '/system script add name=a policy=read source="/system reboot"',
      new Set(["write"]),
      "all",
      "7.18.2",
    ),
    ["/system/script a source needs reboot"],
  )
})

for (const release of RELEASES)
  test(`every script stored on a router of ${release} has the policies it needs, and the importer needs no more than listed`, () => {
    let stores = 0
    for (const profile of PROFILES)
      for (const kind of SCRIPTS) {
        const desired = exampleConfig(release, profile)
        const { text } = makeScript(kind, desired)
        assert.deepEqual(
          missingPolicies(text, new Set(needsOf(kind, desired)), `${profile} ${kind}`, release),
          [],
        )
        stores += readAs(text, release).stores.length
      }
    assert.ok(stores >= PROFILES.length * 8, String(stores))
  })

test("no stored script is given more than read, write and test", () => {
  for (const release of RELEASES)
    for (const profile of PROFILES)
      for (const kind of SCRIPTS)
        for (const { where, granted } of readAs(
          makeScript(kind, exampleConfig(release, profile)).text,
          release,
        ).stores)
          if (!where.startsWith("/tool/netwatch"))
            assert.deepEqual(
              [...granted].filter((each) => !["read", "write", "test"].includes(each)),
              [],
              where,
            )
})

test("the group of the polling account holds read and api, and denies every other policy by name", () => {
  for (const release of RELEASES) {
    const policy =
      /user group add name="ispvm" policy=(\S+)/
        .exec(makeScript("onboard", exampleConfig(release, "core")).text)?.[1]
        ?.split(",") ?? []
    assert.deepEqual(
      policy.filter((each) => !each.startsWith("!")),
      ["read", "api"],
    )
    for (const right of ["write", "policy", "sensitive", "test", "ftp", "ssh", "winbox"])
      assert.ok(policy.includes(`!${right}`), right)
  }
})
