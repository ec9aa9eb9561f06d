/** What routers of 7.21 to 7.24 made of values and operators, asked of the interpreter. */
import assert from "node:assert/strict"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { z } from "zod"
import { bench } from "./test/said.ts"

const recordings = process.env.ISPVM_RECORDINGS
const file = (name: string): string => join(recordings ?? "", "scripts", "centrs-device-oracle", name)
const isThere = recordings !== undefined && existsSync(file("values.json"))
const skip = (t: TestContext, cases: string): void => t.skip(`ISPVM_RECORDINGS is not set: ${cases} did not run`)

const Typed = z.object({ literal: z.string(), type: z.string(), value: z.string() })
const Bare = z
  .object({ literal: z.string(), bareType: z.string(), bareValue: z.string().optional() })
  .transform(({ literal, bareType, bareValue }) => ({ literal, type: bareType, value: bareValue ?? literal }))
const Made = z
  .object({ expression: z.string(), type: z.string(), value: z.string() })
  .transform(({ expression, type, value }) => ({ literal: expression, type, value }))
const Shortcut = z
  .object({ literal: z.string(), valueType: z.string(), value: z.string() })
  .transform(({ literal, valueType, value }) => ({ literal, type: valueType, value }))
const Bound = z.object({ literal: z.string(), parses: z.boolean().optional(), members: z.array(z.string()) })
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
  sweep: z.object({ runtime: z.array(z.object({ id: z.string(), source: z.string(), output: z.string() })) }),
})

const { say } = bench(undefined, "7.23.3")
const read = <T>(schema: z.ZodType<T>, name: string): T => schema.parse(JSON.parse(readFileSync(file(name), "utf8")))

/** Of each case what a router said and what we say; told how many ran, and which differ. */
const agree = async <T>(
  t: TestContext,
  what: string,
  cases: readonly T[],
  ask: (one: T) => Promise<readonly [said: string, meant: string]>,
) => {
  const wrong: string[] = []
  for (const one of cases) {
    const [said, meant] = await ask(one)
    if (said !== meant) wrong.push(`${JSON.stringify(one)}\n    said ${JSON.stringify(said)}`)
  }
  t.diagnostic(`${cases.length - wrong.length} of ${cases.length} ${what}`)
  assert.deepEqual(wrong, [])
}

test("a plain word is read as routers read it", async (t) => {
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
  const words = [b.scalars, scalars, rejectionControls, timeOrdering.literals, colonTime, arrays, concat, producedTypes]
  await agree(t, "words", [...words.flat(), ...interiorGrounding.addressShortcut], async ({ literal, type, value }) => [
    await say(`:local z ${literal}; :put "$[:typeof $z] $[:tostr $z]"`),
    `${type} ${value}`,
  ])
})

test("a word made a bool gives what routers give", async (t) => {
  if (!isThere) return skip(t, "6 words")
  await agree(t, "words", read(Values, "values.json").booleanGrounding.toBool, async ({ literal, type, value }) => [
    await say(`:local z [:tobool ${literal}]; :put "$[:typeof $z] $z"`),
    `${type} ${value}`,
  ])
})

test("what stands in an array is read as routers read it", async (t) => {
  if (!isThere) return skip(t, "about 60 members")
  await agree(t, "members", read(Values, "values.json").interiorGrounding.members, async ({ literal, type, value }) => [
    await say(`:local z {${literal}}; :local m ($z->0); :put "$[:typeof $m] $[:tostr $m]"`),
    `${type} ${value}`,
  ])
})

test("commas and semicolons part an array as on routers", async (t) => {
  if (!isThere) return skip(t, "7 arrays")
  await agree(t, "arrays", read(Values, "values.json").interiorGrounding.separators, async ({ literal, type, length }) => {
    const said = await say(`:local z ${literal}; :put "$[:typeof $z] $[:len $z]"`)
    return [said.startsWith("! syntax error") ? "error -1" : said, `${type} ${length}`]
  })
})

test("keys of an array are what routers take for keys", async (t) => {
  if (!isThere) return skip(t, "about 190 arrays")
  const { keyed, keyBinding } = read(Values, "values.json").interiorGrounding
  const cases = [...keyed, ...keyBinding].filter(({ parses }) => parses !== false)
  await agree(t, "arrays", cases, async ({ literal, members }) => [
    await say(
      `:local z ${literal}; :foreach k,v in=$z do={:put ("M|k=" . $k . "|kt=" . [:typeof $k] . "|v=" . $v . "|vt=" . [:typeof $v])}`,
    ),
    members.join("\n"),
  ])
})

test("operators and functions give what they gave on a router of 7.23", async (t) => {
  if (!isThere) return skip(t, "17 scripts")
  await agree(t, "scripts", read(Operators, "operators.json").sweep.runtime, async ({ source, output }) => [
    (await say(source)).replace(/^! /, "Script Error: "),
    output,
  ])
})
