import assert from "node:assert/strict"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { recordingsFolder } from "../config.ts"
import { checkScript } from "./check.ts"
import { releaseNamed, tableAt } from "./product.ts"
import { formOf, TABLE_MENUS, tableFrom } from "./table/from-trees.ts"
import { PARAGRAPHS } from "./table/rows.ts"
import { RECORDED, readTable, writeTable } from "./table/shape.ts"
import { releasesIn, rowsIn, treeOf } from "./tree.ts"

const recordings = recordingsFolder()
const without = (t: TestContext, cases: string): undefined =>
  t.skip(`ISPVM_RECORDINGS is not set: ${cases} did not run`) as undefined

const answerTo = (source: string, name: string): string => {
  const release = releaseNamed(name)
  assert.ok(release, name)
  const result = checkScript(source, release)
  return result.ok ? "ok" : `${result.line}:${result.column} ${result.message}`
}

test("the product's table equals the trees in every menu and command of every recorded release", (t) => {
  if (recordings === undefined) return without(t, `${RECORDED.length} releases`)
  const folder = join(recordings, "api", "schema")
  assert.deepEqual(RECORDED, releasesIn(folder))
  const menus = readTable(PARAGRAPHS)
  const isOurs = new Set(TABLE_MENUS)
  let commands = 0
  for (const release of RECORDED) {
    const { rows, outside, required } = tableAt(menus, release)
    const tree = rowsIn(folder, release)
    const theirs = tree.filter(([path]) => isOurs.has(path.slice(0, path.lastIndexOf("/"))))
    const plain = (all: typeof tree) =>
      all
        .map(
          ([path, args]) =>
            `${path} ${[...args].map(([name, form]) => `${name}:${formOf(form)}`).sort()}`,
        )
        .sort()
    assert.deepEqual(plain(rows), plain(theirs), release)
    for (const [path] of tree)
      assert.ok(
        rows.some(([ours]) => ours === path) ||
          outside.some((each) => path === each || path.startsWith(`${each}/`)),
        `${release} ${path}`,
      )
    for (const path of outside)
      assert.ok(
        tree.some(([each]) => each === path || each.startsWith(`${path}/`)),
        `${release} ${path}`,
      )
    for (const [path, need] of treeOf(folder, release)?.required ?? [])
      if (isOurs.has(path.slice(0, path.lastIndexOf("/"))))
        assert.deepEqual(required.get(path), need, `${release} ${path}`)
    commands += rows.length
  }
  t.diagnostic(`${commands} commands of ${RECORDED.length} releases`)
})

test("the committed table is the output of make.ts", (t) => {
  if (recordings === undefined) return without(t, "1 table")
  assert.deepEqual(
    PARAGRAPHS,
    writeTable(tableFrom(join(recordings, "api", "schema"))),
    "node routeros-scripts/src/check/table/make.ts DIR",
  )
})

test("a command is accepted in releases that have it and rejected in others", () => {
  assert.equal(answerTo("/system logging action set remote bsd-syslog=yes", "7.17.1"), "ok")
  assert.equal(
    answerTo("/system logging action set remote bsd-syslog=yes", "7.18.2"),
    "1:35 expected end of command",
  )
  assert.equal(answerTo("/system logging action set remote remote-log-format=cef", "7.18.2"), "ok")
  assert.equal(
    answerTo("/tool netwatch add host=192.0.2.1 type=icmp\n/pign", "7.24"),
    "2:2 bad command name pign",
  )
  assert.equal(answerTo("/routing bgp peer print", "7.9.2"), "1:14 bad command name peer")
  assert.equal(answerTo(":serialize to=json value=1", "7.12.2"), "1:2 bad command name serialize")
})

test("the destination of a move needs no name", () => {
  assert.equal(answerTo("/ip firewall filter move [find where comment=x] 0", "7.22.1"), "ok")
})

test("menus outside the table are neither accepted nor called a fault", () => {
  assert.equal(
    answerTo(":put 1\n/ip hotspot add name=x", "7.22.1"),
    "2:5 not in this product's table: /ip/hotspot",
  )
  assert.equal(
    answerTo("/system routerboard print", "7.22.1"),
    "1:9 not in this product's table: /system/routerboard",
  )
  assert.equal(
    answerTo("nonsense\n/ip hotspot add name=x", "7.22.1"),
    "1:1 bad command name nonsense",
  )
  assert.equal(
    answerTo("/ip firewall natt add chain=srcnat", "7.22.1"),
    "1:14 bad command name natt",
  )
  assert.equal(answerTo("/container print", "7.22.1"), "1:2 bad command name container")
})

test("renamed menus are known without command trees", () => {
  const rows: readonly (readonly [
    source: string,
    has: readonly string[],
    lacks: readonly string[],
  ])[] = [
    ["/tool e-mail set address=192.0.2.1", ["6.49.17", "7.10.2"], ["7.12.2", "7.24"]],
    ["/tool e-mail set server=192.0.2.1", ["7.12.2", "7.24"], ["6.49.17", "7.10.2"]],
    ["/system logging action set remote bsd-syslog=yes", ["6.49.17", "7.16.2"], ["7.18.2", "7.24"]],
    [
      "/interface wireguard peers add interface=w public-key=x allowed-address=::/0 is-responder=yes",
      [],
      ["6.49.17", "7.18.2"],
    ],
    [
      "/interface wireguard peers add interface=w public-key=x allowed-address=::/0 responder=yes",
      ["7.18.2"],
      ["6.49.17", "7.9.2"],
    ],
    ["/ip service set api available-from=192.0.2.1", ["7.24"], ["6.49.17", "7.22.1"]],
    ["/ip route add gateway=192.0.2.1 routing-mark=a", ["6.49.17"], ["7.9.2", "7.24"]],
    ["/ip route add gateway=192.0.2.1 routing-table=a", ["7.9.2", "7.24"], ["6.49.17"]],
    ["/interface wifi print", ["7.13.5", "7.24"], ["6.49.17"]],
    ["/system/identity/print", ["7.9.2", "7.24"], ["6.49.17"]],
  ]
  for (const [source, has, lacks] of rows) {
    for (const release of has)
      assert.equal(answerTo(source, release), "ok", `${release}: ${source}`)
    for (const release of lacks)
      assert.match(answerTo(source, release), /^1:\d+ (bad|expected)/, `${release}: ${source}`)
  }
})

test("a release between two recorded ones uses the older, one before the first uses the first and is unproven", () => {
  assert.equal(answerTo("/system logging action set remote bsd-syslog=yes", "7.17.2"), "ok")
  assert.equal(releaseNamed("7.17.2")?.isProven, true)
  assert.equal(releaseNamed("7.8")?.isProven, false)
  assert.equal(releaseNamed("7.8")?.menus.menus.has("ip"), true)
  assert.equal(releaseNamed("6.49.17")?.isProven, false)
  assert.equal(releaseNamed("seven"), undefined)
  assert.equal(releaseNamed("5.26"), undefined)
})
