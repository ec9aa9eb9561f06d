/** Every language says of every message what English says: the same names, the same numbers. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { z } from "zod"
import { BackupMessage } from "../api/backup-messages.ts"
import { CheckMessage } from "../api/check-messages.ts"
import { FieldMessage } from "../api/field-messages.ts"
import { ImportMessage } from "../api/import-messages.ts"
import {
  EvidenceMessage,
  HistoryMessage,
  type Message,
  Reason,
  RecheckMessage,
  StatusMessage,
  TimelineMessage,
  Title,
} from "../api/messages.ts"
import { AgentNote, HealthMessage, RemedyMessage } from "../api/notice-messages.ts"
import { NotifyMessage } from "../api/notify-messages.ts"
import { ProblemMessage } from "../api/problem-messages.ts"
import { RuleInactiveMessage, RuleProblemMessage } from "../api/rule-messages.ts"
import { UpdateMessage } from "../api/update-messages.ts"
import { en } from "./en.ts"
import { textOf } from "./text.ts"
import { tr } from "./tr.ts"

const SCHEMAS = [
  Title,
  Reason,
  EvidenceMessage,
  RecheckMessage,
  TimelineMessage,
  HistoryMessage,
  StatusMessage,
  FieldMessage,
  ProblemMessage,
  HealthMessage,
  AgentNote,
  z.union([RemedyMessage]),
  ImportMessage,
  BackupMessage,
  UpdateMessage,
  NotifyMessage,
  CheckMessage,
  RuleProblemMessage,
  RuleInactiveMessage,
]
/** Enough for each choice within a message to be made in each of its ways. */
const VARIANTS = 24

const SAMPLED = [
  "object",
  "string",
  "number",
  "boolean",
  "enum",
  "literal",
  "nullable",
  "optional",
  "array",
  "union",
] as const
type Def = z.core.$ZodTypes["_zod"]["def"]
type SampledDef = Extract<Def, { type: (typeof SAMPLED)[number] }>
const isSampled = (def: Def): def is SampledDef => SAMPLED.some((type) => type === def.type)

/** A value of a schema. Names are letters, numbers are all different; `variant` makes the choices. */
const createSample = (variant: number) => {
  let made = 0
  const name = (n: number): string =>
    `Name${String.fromCharCode(97 + (n % 26), 97 + Math.floor(n / 26))}`
  const pick = <T>(options: readonly T[]): T => {
    made += 1
    const option = options[(variant + (variant >> 2) * made) % options.length]
    assert.ok(option !== undefined)
    return option
  }
  const sample = (schema: z.core.$ZodType): unknown => {
    const { def } = (schema as z.core.$ZodTypes)._zod
    made += 1
    assert.ok(isSampled(def), `no sample of ${def.type}`)
    switch (def.type) {
      case "object":
        // What a person called a rule in each language is not ours to translate.
        if ("en" in def.shape && "tr" in def.shape) {
          const own = name(made)
          return { id: own, en: own, tr: own }
        }
        return Object.fromEntries(
          Object.entries(def.shape).map(([key, field]) => [key, sample(field)]),
        )
      case "string":
        return name(made)
      case "number":
        return schema instanceof z.ZodNumber && schema.maxValue === 1
          ? (50 + (made % 50)) / 100
          : 3_000 * made + 1_000
      case "boolean":
        return pick([true, false])
      case "enum":
        return pick(Object.values(def.entries))
      case "literal":
        return def.values[0]
      case "nullable":
        return pick([true, false]) ? sample(def.innerType) : null
      case "optional":
        return pick([true, false]) ? sample(def.innerType) : undefined
      case "array":
        return pick([[1], [1, 2]]).map(() => sample(def.element))
      case "union":
        return sample(pick(def.options))
    }
  }
  return sample
}

/** Each code once for each variant. */
const messages = (variant: number): readonly Message[] =>
  SCHEMAS.flatMap((schema) => {
    const options = [...schema.options].flatMap((option): readonly z.core.$ZodType[] =>
      option instanceof z.ZodDiscriminatedUnion ? [...option.options] : [option],
    )
    return options.flatMap((option) => {
      const { code } = (option as z.ZodObject<{ code: z.ZodType }>).shape
      const codes = code instanceof z.ZodEnum ? code.options : [null]
      const made = createSample(variant)(option) as Message
      return codes.map((each) => (each === null ? made : ({ ...made, code: each } as Message)))
    })
  })
const all = Array.from({ length: VARIANTS }, (_, variant) => messages(variant)).flat()

/** Without the thin space between groups of digits. */
const sorted = (text: string, pattern: RegExp): readonly string[] =>
  (text.replaceAll("\u202f", "").match(pattern) ?? []).sort()
const NAMES = /Name[a-z]{2}/g
const NUMBERS = /\d+/g

test("the samples are messages, and there is one of every code", () => {
  for (const message of all)
    assert.ok(
      SCHEMAS.some((schema) => schema.safeParse(message).success),
      JSON.stringify(message),
    )
  assert.deepEqual([...new Set(all.map(({ code }) => code))].sort(), Object.keys(en).sort())
  assert.deepEqual(Object.keys(tr).sort(), Object.keys(en).sort())
})

test("Turkish names what English names, with the same figures", () => {
  for (const message of all) {
    const [english, turkish] = [textOf(message, "en"), textOf(message, "tr")]
    const about = `${JSON.stringify(message)}\n${english}\n${turkish}`
    assert.deepEqual(sorted(turkish, NAMES), sorted(english, NAMES), about)
    assert.deepEqual(sorted(turkish, NUMBERS), sorted(english, NUMBERS), about)
  }
})

test("Turkish is not English, and tells what is over from what is not", () => {
  const texts = new Map<string, Set<string>>()
  for (const message of all) {
    const [english, turkish] = [textOf(message, "en"), textOf(message, "tr")]
    // Keys of a file are not words.
    const words = turkish.replaceAll(/`[^`]*`/g, "")
    assert.doesNotMatch(words, /undefined|\bthe\b|\bwas\b|\bis\b|\bof\b/i, message.code)
    if (english.split(/\s+/).some((word) => /^[a-z]{4,}$/.test(word)))
      assert.notEqual(turkish, english)
    if ("tense" in message.params)
      for (const tense of ["present", "past"] as const) {
        const timed = { ...message, params: { ...message.params, tense } } as Message
        const both = texts.get(message.code) ?? new Set()
        texts.set(message.code, both.add(`${tense} ${textOf(timed, "tr")}`))
        assert.equal(
          textOf(timed, "tr") === turkish,
          textOf(timed, "en") === english,
          JSON.stringify(timed),
        )
      }
  }
  assert.ok(texts.size > 15)
})

test("an agent that was removed is called an agent, in every message about it", () => {
  const removed = { id: "x", name: null }
  const about = all.flatMap((message) =>
    "agent" in message.params
      ? [{ ...message, params: { ...message.params, agent: removed } } as Message]
      : [],
  )
  assert.ok(new Set(about.map(({ code }) => code)).size > 10)
  for (const message of about) {
    assert.match(textOf(message, "en"), /a removed agent/i)
    assert.doesNotMatch(textOf(message, "en"), /removed device|agent a removed/i)
    assert.match(textOf(message, "tr"), /kaldırılmış bir ajan/i)
  }
})
