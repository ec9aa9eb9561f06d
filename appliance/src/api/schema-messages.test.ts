import assert from "node:assert/strict"
import { test } from "node:test"
import { z } from "zod"
import { ENDPOINTS } from "./endpoints.ts"
import { FieldMessage, fieldCode } from "./field-messages.ts"

/** Messages that the schemas inside `value` state in place of zod's own. */
const messagesIn = (value: unknown, seen = new Set<unknown>()): readonly string[] => {
  if (typeof value !== "object" || value === null || seen.has(value)) return []
  seen.add(value)
  if (Array.isArray(value)) return value.flatMap((each) => messagesIn(each, seen))
  if (!("_zod" in value)) return []
  const { def } = value._zod as { def: Record<string, unknown> }
  const { error, shape, ...rest } = def
  const own: unknown = typeof error === "function" ? error({}) : undefined
  return [
    ...(typeof own === "string" ? [own] : []),
    ...Object.values(typeof shape === "object" && shape !== null ? shape : {}).flatMap((each) =>
      messagesIn(each, seen),
    ),
    ...Object.values(rest).flatMap((each) => messagesIn(each, seen)),
  ]
}
const isCode = (text: string): boolean => FieldMessage.safeParse({ code: text, params: {} }).success

test("the walk finds messages of checks, formats and parts", () => {
  const inner = z.string().regex(/a/, "of a check").min(1, "of a bound")
  const schema = z.object({
    one: z.array(inner.nullable()).max(3, "of a list").optional(),
    two: z.union([z.uuid("of a format"), z.int("of a type")]).refine(() => true, "of a rule"),
    three: z
      .string()
      .transform(Number)
      .pipe(z.number().max(1, fieldCode("field.taken"))),
  })
  assert.deepEqual(messagesIn(schema).toSorted(), [
    "field.taken",
    "of a bound",
    "of a check",
    "of a format",
    "of a list",
    "of a rule",
    "of a type",
  ])
})

test("what a schema of a request states of an error is a code that every language renders", () => {
  const found = Object.entries(ENDPOINTS).flatMap(([endpoint, schemas]) =>
    Object.entries(schemas)
      .flatMap(([part, schema]) => (part === "answer" ? [] : messagesIn(schema)))
      .filter((text) => !isCode(text))
      .map((text) => `${endpoint}: ${text}`),
  )
  assert.deepEqual(found, [])
})
