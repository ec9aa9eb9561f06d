/**
 * Runs the companion's scripts: checks what they leave on a router, and that removal leaves
 * nothing.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import { setTimeout as sleepMs } from "node:timers/promises"
import {
  type DesiredConfig,
  driftOf,
  exampleConfig,
  type MenuRows,
  makeScript,
  menuReadsFor,
} from "@ispvm/routeros-scripts/companion"
import { selfSign } from "../certificate.ts"
import type { PersonaName } from "../personas.ts"
import type { RouterOs } from "./os.ts"
import { type TestRouter, testRouter } from "./test/router.ts"

/** With a script for another release, which they can read (except v6). */
const ROUTERS: readonly (readonly [PersonaName, other: string])[] = [
  ["ccr1036-6.49", "7.18.2"],
  ["rb5009-7.12", "7.13.5"],
  ["ccr2004-7.18", "7.17.1"],
  ["chr-7.22", "7.20.8"],
]

/**
 * No scheduler runs on routers that are not booted: a script that waits for one waits in vain, so
 * the wait is short.
 */
const isShort = (ms: number): boolean => ms < 1_000
const unbooted = (persona: PersonaName): TestRouter =>
  testRouter(persona, undefined, {
    sleep: async (ms, signal) => {
      await sleepMs(isShort(ms) ? 1 : ms, undefined, { signal }).catch(() => undefined)
    },
  })

const authority = selfSign("a root", "127.0.0.1", Date.now())
/** Nothing listens there: a failed post is not a fault of the script. */
const desiredConfigFor = (os: RouterOs): DesiredConfig => {
  const desired = exampleConfig(os.release.name, "access")
  return {
    ...desired,
    authority: { pem: authority.certificatePem, fingerprint: authority.fingerprint },
    push:
      desired.push === null
        ? null
        : { ...desired.push, url: "https://127.0.0.1:1/push/v1", heartbeatS: 3_600 },
  }
}

const DROPS =
  "/ip firewall filter add chain=input action=accept comment=first\n/ip firewall filter add chain=input action=drop comment=last\n"
const DROPS_SIX = "/ipv6 firewall filter add chain=input action=drop comment=last\n"
/** The name as a script writes it. */
const ODD = String.raw`"a \"b\" \$c \\d"`
const isV6 = (os: RouterOs): boolean => os.release.name.startsWith("6.")
/** Previous states of routers, before the script runs. */
const FOUND: readonly (readonly [how: string, made: (os: RouterOs) => string])[] = [
  ["as it came", () => ""],
  ["with a firewall that drops", (os) => DROPS + (isV6(os) ? "" : DROPS_SIX)],
  [
    "with its services off and old lists of addresses",
    () =>
      "/ip service set api-ssl disabled=yes address=10.0.0.0/8 certificate=none\n/snmp set enabled=no\n/ip service set api address=192.0.2.10/32\n",
  ],
  [
    "with names that need quoting",
    () => `/interface list add name=${ODD}
/ip neighbor discovery-settings set discover-interface-list=${ODD}
/certificate set [find] name=${ODD}
/ip service set api-ssl certificate=${ODD} address=10.0.0.0/8
`,
  ],
  [
    "with services for some",
    () =>
      "/ip service set api-ssl address=10.0.0.0/8,10.1.0.0/16\n/ip service set api address=192.0.2.10/32,10.0.0.9/32\n",
  ],
]

const failedIn = ({ output }: TestRouter): readonly string[] =>
  output.filter((line) => line.includes("FAILED"))
const readAll = (os: RouterOs, desired: DesiredConfig): MenuRows =>
  new Map(
    menuReadsFor(desired).map(({ menu }) => [
      menu,
      os.rows(menu)?.map((row) => Object.fromEntries(Object.entries(row))) ?? null,
    ]),
  )

const isUndone = async (persona: PersonaName, made: (os: RouterOs) => string): Promise<void> => {
  const router = unbooted(persona)
  const { os, run } = router
  const desired = desiredConfigFor(os)
  await run(`/interface list add name=LAN\n${made(os)}`)
  const before = os.export("")
  const { text } = makeScript("onboard", desired)
  await run(text)
  assert.deepEqual(failedIn(router), [])
  const once = os.export("")
  assert.notEqual(once, before)
  assert.deepEqual(driftOf(desired, readAll(os, desired)), [])
  await run(text)
  assert.equal(os.export(""), once)
  for (const kind of ["harden", "confirm-harden", "remove"] as const)
    await run(makeScript(kind, desired).text)
  assert.deepEqual(failedIn(router), [])
  assert.equal(os.export(""), before)
  assert.deepEqual(
    (os.rows("/certificate") ?? []).filter((row) => `${row.name}`.startsWith("ispvm")),
    [],
  )
  os.halt()
}

/** In parallel, because the scripts wait for files to be written. */
for (const [persona] of ROUTERS)
  test(`${persona}: connected twice, hardened, confirmed and taken out it is as before, to the byte`, {
    concurrency: true,
  }, async (t) => {
    await Promise.all(FOUND.map(([how, made]) => t.test(how, () => isUndone(persona, made))))
  })

for (const [persona, other] of ROUTERS) {
  test(`${persona}: what was hardened and not confirmed is undone by the router itself`, async () => {
    const { os, run } = unbooted(persona)
    await run("/interface list add name=LAN")
    const before = os.export("")
    const desired = desiredConfigFor(os)
    await run(makeScript("harden", desired).text)
    const hardened = os.export("")
    assert.match(hardened, /set telnet disabled=yes/)
    await run(makeScript("harden", desired).text)
    assert.equal(os.export(""), hardened)
    const onEvent = os.rows("/system/scheduler")?.find((row) => row.name === "ispvm-harden-undo")?.[
      "on-event"
    ]
    assert.ok(onEvent !== undefined)
    await run(onEvent, ["read", "write"])
    assert.equal(os.export(""), before)
    os.halt()
  })

  test(`${persona}: the notes of how it was are kept until they could be used`, async () => {
    const { os, run, output } = unbooted(persona)
    const before = os.export("")
    const desired = desiredConfigFor(os)
    await run(makeScript("onboard", desired).text)
    const noted = os.store
      .table("/system/script")
      .items.find(({ values }) => values.get("name") === "ispvm-undo")?.values
    const source = noted?.get("source") ?? ""
    noted?.set("source", `${source}:put (\n`)
    await run(makeScript("remove", desired).text)
    assert.equal(noted?.get("source"), `${source}:put (\n`)
    assert.ok(os.rows("/system/script")?.some(({ name }) => name === "ispvm-undo"))
    assert.ok(output.some((line) => line.includes("FAILED: bring-back")))
    noted?.set("source", source)
    await run(makeScript("remove", desired).text)
    assert.equal(os.export(""), before)
    os.halt()
  })

  test(`${persona}: a script of a smaller configuration takes out what the wider one set up`, async () => {
    const router = unbooted(persona)
    const { os, run } = router
    const before = os.export("")
    const wide = desiredConfigFor(os)
    await run(makeScript("onboard", wide).text)
    const small: DesiredConfig = { ...wide, push: null, snmp: null, syslogTo: null }
    assert.notDeepEqual(driftOf(small, readAll(os, small)), [])
    await run(makeScript("onboard", small).text)
    assert.deepEqual(failedIn(router), [])
    assert.deepEqual(driftOf(small, readAll(os, small)), [])
    assert.deepEqual(
      os.rows("/system/script")?.map((row) => row.name),
      ["ispvm-undo"],
    )
    await run(makeScript("remove", small).text)
    assert.equal(os.export(""), before)
    os.halt()
  })

  test(`${persona}: a user of the operator's with the same name is left alone, and the rest is done`, async () => {
    const router = unbooted(persona)
    const { os, run, output } = router
    await run('/user add name=ispvm-agent group=full password="theirs" comment="mine"')
    await run(makeScript("onboard", desiredConfigFor(os)).text)
    assert.deepEqual(failedIn(router), ["  FAILED: api-account"])
    assert.ok(
      output.some((line) => line.includes("a user ispvm-agent is there already and is not ours")),
    )
    const user = os.rows("/user")?.find((row) => row.name === "ispvm-agent")
    assert.equal(user?.group, "full")
    assert.equal(user?.comment, "mine")
    os.halt()
  })

  test(`${persona}: a script for another release changes nothing and gives the reason`, async () => {
    const { os, output, errorOf } = unbooted(persona)
    const before = os.export("")
    const desired = { ...desiredConfigFor(os), release: other, syslogTo: null }
    // A v6 router rejects v7's commands while reading; a v7 router reaches the check.
    assert.match(
      await errorOf(makeScript("onboard", desired).text),
      /made for RouterOS|bad command name|expected end of command|syntax error/,
    )
    if (!isV6(os)) assert.ok(output.some((line) => line.includes(`made for RouterOS ${other}`)))
    assert.equal(os.export(""), before)
    os.halt()
  })
}

test("passwords and names with any characters reach the router unchanged", async () => {
  const typed = String.raw`a"b$c\d?{e}[f];#é😀 'g'`
  for (const [persona] of ROUTERS) {
    const router = unbooted(persona)
    const { os, run } = router
    const desired = desiredConfigFor(os)
    await run(
      makeScript("onboard", {
        ...desired,
        api: { username: `${typed}z`, password: typed },
        snmp: { version: 3, user: typed, authPassword: typed, privPassword: typed },
      }).text,
    )
    assert.deepEqual(failedIn(router), [])
    const user = os.store
      .table("/user")
      .items.find((item) => item.values.get("name") === `${typed}z`)
    assert.equal(user?.values.get("password"), typed)
    const community = os.store
      .table("/snmp/community")
      .items.find((item) => item.values.get("name") === typed)
    assert.equal(community?.values.get("authentication-password"), typed)
    assert.equal(community?.values.get("encryption-password"), typed)
    os.halt()
  }
})

test("where device-mode forbids fetch, reporting parts are skipped and the rest is done", async () => {
  const { os, run, output } = unbooted("ccr2004-7.18")
  os.store.table("/system/device-mode").items[0]?.values.set("fetch", "false")
  await run(makeScript("onboard", desiredConfigFor(os)).text)
  assert.ok(output.some((line) => line.includes("device-mode forbids posting (fetch)")))
  assert.equal(
    os.rows("/user")?.some((row) => row.name === "ispvm-agent"),
    true,
  )
  assert.deepEqual(
    os.rows("/system/script")?.map((row) => row.name),
    ["ispvm-undo"],
  )
  assert.deepEqual(os.rows("/tool/netwatch"), [])
  os.halt()
})
