/** The generated configurations, checked by the programs that read them. */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, test } from "node:test"
import { z } from "zod"
import { generateShapes, randomStream } from "../shape.ts"
import { makePlan } from "../variant.ts"
import { alertmanagerConfig, hostLabels } from "./alertmanager-config.ts"
import { hostsOf, makeInventory } from "./inventory.ts"
import { writeNagiosFiles } from "./nagios.ts"
import { nagiosFiles } from "./nagios-config.ts"
import { findProgram, programAccount, programFolder } from "./programs.ts"
import { timingFor } from "./timing.ts"

const timing = timingFor(9)
const account = programAccount()
const folders: string[] = []
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})
const inventories = generateShapes("rings", 2, 3).map((shape, i) => {
  const variant = { customers: 2, instrumented: 1, vantages: 1, hasGroups: false } as const
  return makeInventory(`n${i}`, makePlan(shape, variant, randomStream("config", i)))
})

/** v – a, then two ways a – b – d and a – c – d, and a customer e at d. */
const diamond = makeInventory("x", {
  nodes: ["v", "a", "b", "c", "d", "e"].map((id) => ({
    id,
    kind: id === "e" ? "customer" : "router",
    monitored: id !== "e",
  })),
  links: ["va", "ab", "ac", "bd", "cd", "de"].map((id) => ({ id, a: id[0] ?? "", b: id[1] ?? "" })),
  groups: [],
  vantages: ["v"],
})

test("inventory: parents are next hops of shortest paths, upstream is on all paths", () => {
  const described = hostsOf(diamond).map(({ name, parents, upstream }) => [
    diamond.idOf.get(name),
    parents.join(),
    upstream.join(),
  ])
  assert.deepEqual(described, [
    ["v", "", ""],
    ["a", "x-r0", ""],
    ["b", "x-r1", "x-r1"],
    ["c", "x-r1", "x-r1"],
    ["d", "x-r2,x-r3", "x-r1"],
    ["e", "x-r4", "x-r1,x-r4"],
  ])
})

test("Nagios reads its files without errors or warnings", {
  skip: findProgram("nagios4") === undefined && "nagios4-core is not installed",
}, () => {
  const folder = writeNagiosFiles(inventories, account, timing)
  folders.push(folder)
  const { stdout, status } = spawnSync(
    findProgram("nagios4") ?? "",
    ["-v", join(folder, "nagios.cfg")],
    { encoding: "utf8" },
  )
  assert.equal(status, 0, stdout)
  assert.match(stdout, /Total Warnings: 0/)
  assert.match(stdout, new RegExp(`Checked ${inventories.flatMap(hostsOf).length} hosts\\.`))
})

test("Nagios: a port depends on its remote host, the far end of a link on the near one", () => {
  const { "objects.cfg": objects = "" } = nagiosFiles(
    [diamond],
    { folder: "/f", user: "u", group: "g" },
    timing,
  )
  const dependencies = [...objects.matchAll(/define servicedependency \{\n([^}]*)\}/g)].map(
    ([, body = ""]) =>
      Object.fromEntries(
        body
          .trim()
          .split("\n")
          .map((line) => line.trim().split(" ")),
      ),
  )
  const of = (host: string, link: string) =>
    dependencies
      .filter(
        (one) => one.dependent_host_name === host && one.dependent_service_description === link,
      )
      .map((one) => `${one.host_name} ${one.service_description}`)
  assert.deepEqual(of("x-r0", "x-l0"), ["x-r1 alive"])
  assert.deepEqual(of("x-r1", "x-l0"), ["x-r0 alive", "x-r0 x-l0"])
})

test("amtool accepts the configuration of Alertmanager", {
  skip: findProgram("amtool") === undefined && "prometheus-alertmanager is not installed",
}, () => {
  const folder = programFolder("alertmanager", account)
  folders.push(folder)
  const file = join(folder, "alertmanager.yml")
  writeFileSync(file, alertmanagerConfig(inventories, "http://127.0.0.1:1/", timing))
  const { stdout, stderr, status } = spawnSync(
    findProgram("amtool") ?? "",
    ["check-config", file],
    { encoding: "utf8" },
  )
  assert.equal(status, 0, stdout + stderr)
})

const Config = z.object({
  inhibit_rules: z.array(
    z.object({ source_matchers: z.array(z.string()), target_matchers: z.array(z.string()) }),
  ),
})
test("Alertmanager: inhibition covers hosts behind one router, not behind one of two", () => {
  const { inhibit_rules: rules } = Config.parse(
    JSON.parse(alertmanagerConfig([diamond], "http://127.0.0.1:1/", timing)),
  )
  const hosts = hostsOf(diamond)
  const silencedBy = (source: string): (string | undefined)[] =>
    rules
      .filter((rule) => rule.source_matchers.includes(`instance="${source}"`))
      .flatMap((rule) =>
        rule.target_matchers.map((matcher) => new RegExp(`^(?:${/"(.*)"/.exec(matcher)?.[1]})$`)),
      )
      .flatMap((pattern) =>
        hosts.filter((host) => pattern.test(hostLabels("x", host).upstream ?? "")),
      )
      .map(({ name }) => diamond.idOf.get(name))
  assert.deepEqual(silencedBy("x-r1"), ["b", "c", "d", "e"])
  assert.deepEqual(silencedBy("x-r2"), [])
  assert.deepEqual(silencedBy("x-r4"), ["e"])
})
