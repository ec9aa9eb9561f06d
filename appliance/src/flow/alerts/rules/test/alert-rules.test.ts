/** Rules as people change them: versions, upgrades of the pack, errors that change nothing. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { testDatabase } from "../../../../../test/database.ts"
import { makeActor } from "../../../../../test/make.ts"
import { HttpError } from "../../../../platform/http/http-error.ts"
import { type AlertRules, createAlertRules, ruleSchema } from "../alert-rules.ts"
import type { RuleSet } from "../compile.ts"
import { parseRules } from "../parse.ts"
import { topologyWith } from "./rule-world.ts"

const CPU = `id: cpu
name: { en: CPU, tr: İşlemci }
when: { metric: device.cpu_pct, above: 90 }
severity: minor
`
const packOf = (...texts: readonly string[]) =>
  texts.flatMap((text) => {
    const parsed = parseRules(text)
    assert.ok(parsed.ok)
    return parsed.rules
  })

let db: Awaited<ReturnType<typeof testDatabase>>
let audited: string[] = []
const applied: RuleSet[] = []
const rulesWith = (pack: readonly string[], maxUnconfirmed = 50_000, of = db): AlertRules =>
  createAlertRules({
    db: of.dbs.ui,
    audit: async (_, by, action, subject, id) => {
      audited.push(`${by.name} ${action} ${subject} ${id}`)
    },
    now: () => ({ topology: topologyWith(), counts: new Map() }),
    apply: async (_, rules) => {
      applied.push(rules)
    },
    pack: packOf(...pack),
    maxUnconfirmed,
    read: async () => [],
    readEvents: async () => [],
    readPastUsual: async () => [],
    clock: { now: () => Date.now() },
  })
const actorOf = () => makeActor(db.org)

before(async () => {
  db = await testDatabase()
})
after(() => db.close())

test("a changed rule of the pack stands until it is given back, through upgrades of the pack", async () => {
  audited = []
  const rules = rulesWith([CPU])
  assert.deepEqual(
    (await rules.list(db.org)).map(({ id, source, version }) => [id, source, version]),
    [["cpu", "pack", null]],
  )
  const mine = CPU.replace("90", "80")
  const saved = await rules.save(actorOf(), {
    yaml: mine,
    reason: "our routers are small",
    mode: "merge",
    confirm: false,
  })
  assert.deepEqual(saved, { changed: ["cpu"], removed: [] })
  assert.equal(applied.at(-1)?.rules[0]?.levels[0]?.limit, 80)
  const upgraded = rulesWith([CPU.replace("90", "95")])
  const now = await upgraded.one(db.org, "cpu")
  assert.deepEqual(
    [now.source, now.isPackNewer, now.version, now.changedBy, now.yaml, now.baseYaml],
    ["changed", true, 1, "Ada", mine, CPU],
  )
  assert.equal(now.packYaml, CPU.replace("90", "95"))
  const back = await upgraded.revert(actorOf(), "cpu", { version: null, reason: "better now" })
  assert.deepEqual([back.source, back.isPackNewer, back.yaml], ["pack", false, now.packYaml])
  assert.equal(applied.at(-1)?.rules[0]?.levels[0]?.limit, 95)
  await upgraded.revert(actorOf(), "cpu", { version: 1, reason: "" })
  assert.equal(applied.at(-1)?.rules[0]?.levels[0]?.limit, 80)
  assert.deepEqual(
    (await upgraded.versions(db.org, "cpu")).map(({ version, author, reason, yaml }) => [
      version,
      author,
      reason,
      yaml,
    ]),
    [
      [3, "Ada", "", mine],
      [2, "Ada", "better now", null],
      [1, "Ada", "our routers are small", mine],
    ],
  )
  assert.deepEqual(audited, [
    "Ada alert-rule.changed alert-rule cpu",
    "Ada alert-rule.reverted alert-rule cpu",
    "Ada alert-rule.reverted alert-rule cpu",
  ])
})

test("new rules of a pack arrive beside rules that people have changed or written", async () => {
  const own = await testDatabase()
  try {
    const at = (pack: readonly string[]) => rulesWith(pack, 50_000, own)
    const save = async (yaml: string) =>
      await at([CPU]).save(makeActor(own.org), { yaml, reason: "", mode: "merge", confirm: false })
    const mine = CPU.replace("90", "80")
    // Of the same name as a rule that the pack does not have yet.
    const memory = CPU.replace("id: cpu", "id: memory").replace("cpu_pct", "memory_pct")
    const theirs = memory.replace("90", "70")
    await save(mine)
    await save(theirs)
    const disk = CPU.replace("id: cpu", "id: disk").replace("cpu_pct", "disk_pct")
    const off = disk
      .replace("id: disk", "id: uptime")
      .replace("severity", "enabled: false\nseverity")
    const rules = at([CPU, memory, disk, off])
    assert.deepEqual(
      (await rules.list(own.org)).map(({ id, source, isPackNewer, inactive }) => [
        ...[id, source, isPackNewer, inactive?.code ?? null],
      ]),
      [
        ["cpu", "changed", false, null],
        ["memory", "changed", true, null],
        ["disk", "pack", false, null],
        ["uptime", "pack", false, "rule.inactive.disabled"],
      ],
    )
    assert.equal((await rules.one(own.org, "cpu")).yaml, mine)
    assert.equal((await rules.one(own.org, "memory")).yaml, theirs)
  } finally {
    await own.close()
  }
})

test("a file with a problem changes nothing, and says where it is", async () => {
  const rules = rulesWith([CPU])
  const before = await rules.exportYaml(db.org, "all")
  const yaml = `rules:
  - id: good
    name: Good
    when: { metric: device.memory_pct, above: 90 }
    severity: minor
  - id: bad
    name: Bad
    when: { metric: device.memory_pt, above: 90 }
    severity: minor
`
  const { problems } = await rules.check(db.org, yaml)
  assert.deepEqual(
    problems.map(({ line, column, path, rule, text }) => [
      line,
      column,
      path,
      rule,
      text.slice(0, 40),
    ]),
    [[8, 21, "rules.1.when.metric", "bad", "device.memory_pt is not a metric; expect"]],
  )
  await assert.rejects(
    rules.save(actorOf(), { yaml, reason: "", mode: "replace", confirm: false }),
    (error) =>
      error instanceof HttpError &&
      error.status === 422 &&
      error.fields?.[0]?.path === "8:21 rules.1.when.metric",
  )
  assert.equal(await rules.exportYaml(db.org, "all"), before)
})

test("an export imports as it is; replacing removes what is not in the file", async () => {
  const rules = rulesWith([CPU])
  const own = `rules:
  # Ours: the disk of these boards is small.
  - id: disk
    name: Disk
    when: { metric: device.disk_pct, above: 80 }
    severity: warning
`
  await rules.save(actorOf(), { yaml: own, reason: "", mode: "merge", confirm: false })
  const exported = await rules.exportYaml(db.org, "all")
  assert.match(exported, /# Ours: the disk of these boards is small\.\n {2}- id: disk/)
  const again = await rules.save(actorOf(), {
    yaml: exported,
    reason: "",
    mode: "replace",
    confirm: false,
  })
  assert.deepEqual(again, { changed: [], removed: [] })
  const replaced = await rules.save(actorOf(), {
    yaml: CPU,
    reason: "",
    mode: "replace",
    confirm: false,
  })
  assert.deepEqual(replaced.removed, ["disk"])
  assert.deepEqual(
    (await rules.list(db.org)).map(({ id }) => id),
    ["cpu"],
  )
})

test("a rule that matches very much has to be confirmed", async () => {
  const rules = rulesWith([CPU], 1)
  const yaml = CPU.replace("90", "70")
  const request = { yaml, reason: "", mode: "merge", confirm: false } as const
  const { rules: checked } = await rules.check(db.org, yaml)
  assert.deepEqual(
    checked.map(({ matches, needsConfirmation }) => [matches, needsConfirmation]),
    [[2, true]],
  )
  await assert.rejects(
    rules.save(actorOf(), request),
    (error) => error instanceof HttpError && error.code === "confirmation-needed",
  )
  assert.deepEqual((await rules.save(actorOf(), { ...request, confirm: true })).changed, ["cpu"])
})

test("a text that this release cannot read leaves the pack's rule in place and says so", async () => {
  const rules = rulesWith([CPU])
  await db.dbs.ui.asOrg(
    db.org,
    (tx) => tx`
    insert into alerts.rule_version (org_id, rule_id, version, yaml, author)
    values (${db.org}, 'cpu', 1000, 'id: cpu\nfrom: a later release\n', 'Ada')`,
  )
  const [cpu] = await rules.list(db.org)
  assert.equal(cpu?.inactive?.code, "rule.inactive.unreadable")
  await rules.save(actorOf(), { yaml: `${CPU}# x\n`, reason: "", mode: "merge", confirm: true })
})

test("a rule names its runbook in the answer; one that is no link is an error with its line", async () => {
  const rules = rulesWith([CPU])
  const runbook = "https://wiki.example/cpu"
  const save = (text: string) =>
    rules.save(actorOf(), { yaml: text, reason: "", mode: "merge", confirm: true })
  await save(`${CPU}runbook: ${runbook}\n`)
  assert.equal((await rules.one(db.org, "cpu")).runbook, runbook)
  await assert.rejects(save(`${CPU}runbook: "javascript:alert(1)"\n`), HttpError)
  const parsed = parseRules(`${CPU}runbook: "javascript:alert(1)"\n`)
  assert.deepEqual(
    parsed.ok || parsed.problems.map(({ line, path, message }) => [line, path, message.code]),
    [[5, "runbook", "field.runbook"]],
  )
  await save(CPU)
  assert.equal((await rules.list(db.org))[0]?.runbook, null)
})

test("a file with more rules than allowed is one problem, found before any rule is checked", () => {
  const fileOf = (count: number) =>
    Array.from({ length: count }, (_, n) => `- ${JSON.stringify({ id: `r${n}` })}\n`).join("")
  const startedCpu = process.cpuUsage()
  for (const head of ["", "rules:\n"]) {
    const parsed = parseRules(`${head}${fileOf(20_000)}`)
    assert.deepEqual(parsed.ok || parsed.problems.map(({ message, line }) => [message, line]), [
      [
        { code: "field.bound", params: { bound: "at-most", limit: 1_000, unit: "item" } },
        head === "" ? 1 : 2,
      ],
    ])
  }
  assert.ok(process.cpuUsage(startedCpu).user < 20_000_000)
})

test("a file nested without end, or with aliases that multiply, is a problem and no fault", () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x]\nb: &b [${"*a,".repeat(8)}]\nc: &c [${"*b,".repeat(8)}]\nrules: [${"*c,".repeat(8)}]\n`
  for (const text of [`when: ${"{ not: ".repeat(20_000)}`, "[".repeat(50_000), bomb]) {
    const parsed = parseRules(text)
    assert.equal(parsed.ok || parsed.problems[0]?.message.code, "rule.yaml")
  }
})

test("the published schema describes a rule file", () => {
  const text = JSON.stringify(ruleSchema())
  for (const word of ["deviation", "runbook", "levels", "ospf", "evaluator"])
    assert.equal(text.includes(word), word !== "ospf", word)
})
