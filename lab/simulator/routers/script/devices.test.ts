/** Results of values and operators on routers of 7.21 to 7.24, compared with the interpreter. */
import assert from "node:assert/strict"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { z } from "zod"
import { recordingsFolder } from "../../../config.ts"
import { harness } from "./test/harness.ts"

const recordings = recordingsFolder()
const file = (name: string): string =>
  join(recordings ?? "", "scripts", "centrs-device-oracle", name)
const isThere = recordings !== undefined && existsSync(file("values.json"))
const skip = (t: TestContext, cases: string): void =>
  t.skip(`ISPVM_RECORDINGS is not set: ${cases} did not run`)

const Typed = z.object({ literal: z.string(), type: z.string(), value: z.string() })
const Bare = z
  .object({ literal: z.string(), bareType: z.string(), bareValue: z.string().optional() })
  .transform(({ literal, bareType, bareValue }) => ({
    literal,
    type: bareType,
    value: bareValue ?? literal,
  }))
const Made = z
  .object({ expression: z.string(), type: z.string(), value: z.string() })
  .transform(({ expression, type, value }) => ({ literal: expression, type, value }))
const Shortcut = z
  .object({ literal: z.string(), valueType: z.string(), value: z.string() })
  .transform(({ literal, valueType, value }) => ({ literal, type: valueType, value }))
const Bound = z.object({
  literal: z.string(),
  parses: z.boolean().optional(),
  members: z.array(z.string()),
})
const Values = z.object({
  booleanGrounding: z.object({ scalars: z.array(Bare), toBool: z.array(Typed) }),
  timeOrdering: z.object({ literals: z.array(Typed) }),
  v2Grounding: z.object({
    colonTime: z.array(Typed),
    arrays: z.array(Typed),
    concat: z.array(Typed),
    producedTypes: z.array(Made),
  }),
  scalars: z.array(Bare),
  rejectionControls: z.array(Bare),
  interiorGrounding: z.object({
    separators: z.array(z.object({ literal: z.string(), type: z.string(), length: z.number() })),
    members: z.array(Typed),
    addressShortcut: z.array(Shortcut),
    keyed: z.array(Bound),
    keyBinding: z.array(Bound),
  }),
})
const Operators = z.object({
  sweep: z.object({
    runtime: z.array(z.object({ id: z.string(), source: z.string(), output: z.string() })),
  }),
})

const { run } = harness(undefined, "7.23.3")
const read = <T>(schema: z.ZodType<T>, name: string): T =>
  schema.parse(JSON.parse(readFileSync(file(name), "utf8")))

/** The router's result and ours for each case; reports how many ran, and which differ. */
const checkAll = async <T>(
  t: TestContext,
  what: string,
  cases: readonly T[],
  compare: (one: T) => Promise<readonly [actual: string, expected: string]>,
) => {
  const mismatches: string[] = []
  for (const one of cases) {
    const [actual, expected] = await compare(one)
    if (actual !== expected)
      mismatches.push(`${JSON.stringify(one)}\n    actual ${JSON.stringify(actual)}`)
  }
  t.diagnostic(`${cases.length - mismatches.length} of ${cases.length} ${what}`)
  assert.deepEqual(mismatches, [])
}

test("a plain word is read as on routers", async (t) => {
  if (!isThere) return skip(t, "about 70 words")
  const {
    booleanGrounding: b,
    timeOrdering,
    v2Grounding,
    scalars,
    rejectionControls,
    interiorGrounding,
  } = read(Values, "values.json")
  const { colonTime, arrays, concat, producedTypes } = v2Grounding
  const cases = [
    b.scalars,
    scalars,
    rejectionControls,
    timeOrdering.literals,
    colonTime,
    arrays,
    concat,
    producedTypes,
  ]
  await checkAll(
    t,
    "words",
    [...cases.flat(), ...interiorGrounding.addressShortcut],
    async ({ literal, type, value }) => [
      await run(`:local z ${literal}; :put "$[:typeof $z] $[:tostr $z]"`),
      `${type} ${value}`,
    ],
  )
})

test("conversion of a word to bool gives the result of routers", async (t) => {
  if (!isThere) return skip(t, "6 words")
  await checkAll(
    t,
    "words",
    read(Values, "values.json").booleanGrounding.toBool,
    async ({ literal, type, value }) => [
      await run(`:local z [:tobool ${literal}]; :put "$[:typeof $z] $z"`),
      `${type} ${value}`,
    ],
  )
})

test("items of an array are read as on routers", async (t) => {
  if (!isThere) return skip(t, "about 60 members")
  await checkAll(
    t,
    "members",
    read(Values, "values.json").interiorGrounding.members,
    async ({ literal, type, value }) => [
      await run(`:local z {${literal}}; :local m ($z->0); :put "$[:typeof $m] $[:tostr $m]"`),
      `${type} ${value}`,
    ],
  )
})

test("commas and semicolons separate an array as on routers", async (t) => {
  if (!isThere) return skip(t, "7 arrays")
  await checkAll(
    t,
    "arrays",
    read(Values, "values.json").interiorGrounding.separators,
    async ({ literal, type, length }) => {
      const output = await run(`:local z ${literal}; :put "$[:typeof $z] $[:len $z]"`)
      return [output.startsWith("! syntax error") ? "error -1" : output, `${type} ${length}`]
    },
  )
})

test("keys of an array are those of routers", async (t) => {
  if (!isThere) return skip(t, "about 190 arrays")
  const { keyed, keyBinding } = read(Values, "values.json").interiorGrounding
  const cases = [...keyed, ...keyBinding].filter(({ parses }) => parses !== false)
  await checkAll(t, "arrays", cases, async ({ literal, members }) => [
    await run(
      `:local z ${literal}; :foreach k,v in=$z do={:put ("M|k=" . $k . "|kt=" . [:typeof $k] . "|v=" . $v . "|vt=" . [:typeof $v])}`,
    ),
    members.join("\n"),
  ])
})

test("operators and functions give the results of a router of 7.23", async (t) => {
  if (!isThere) return skip(t, "17 scripts")
  await checkAll(
    t,
    "scripts",
    read(Operators, "operators.json").sweep.runtime,
    async ({ source, output }) => [(await run(source)).replace(/^! /, "Script Error: "), output],
  )
})
