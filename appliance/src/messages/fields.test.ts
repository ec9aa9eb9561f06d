import assert from "node:assert/strict"
import { test } from "node:test"
import { z } from "zod"
import { AddressOrPrefix } from "../api/companion.ts"
import { fieldCode, fieldErrorsOf } from "../api/field-messages.ts"
import { DeviceInput, SiteInput } from "../api/inventory.ts"
import { Line, Port } from "../api/shared.ts"
import { textOf } from "./text.ts"

const cases: readonly [string, z.ZodType, unknown, string][] = [
  ["a number above the most", z.number().max(90), 91, "must be at most 90"],
  ["a number below the least", z.number().min(-90), -91, "must be at least -90"],
  ["a number that must be more", z.number().positive(), 0, "must be more than 0"],
  ["a number that must be less", z.number().lt(5), 5, "must be less than 5"],
  ["a port", Port, 70_000, "must be at most 65535"],
  ["text for a number", z.number(), "x", "must be a number"],
  ["what is not even a number", z.coerce.number(), "x", "must be a number"],
  ["a broken number", z.int(), 1.5, "must be a whole number"],
  ["a number too large to be exact", z.int(), 2 ** 60, "must be at most 9007199254740991"],
  ["nothing", z.string(), undefined, "required"],
  ["no choice at all", z.enum(["a", "b"]), undefined, "required"],
  ["a number for text", z.string(), 5, "must be text"],
  ["text for yes and no", z.boolean(), "yes", "must be true or false"],
  ["an object for a list", z.array(z.string()), {}, "must be a list"],
  ["text for an object", z.strictObject({}), "x", "must be an object"],
  ["empty text", z.string().min(1), "", "must not be empty"],
  ["short text", z.string().min(12), "x", "must be at least 12 characters long"],
  ["long text", z.string().max(2), "xxx", "must be at most 2 characters long"],
  ["an empty list", z.array(z.string()).min(1), [], "must not be empty"],
  ["a long list", z.array(z.string()).max(1), ["a", "b"], "must have at most 1 item"],
  ["no choice of these", z.enum(["a", "b"]), "c", "must be one of a, b"],
  ["not the only choice", z.literal("a"), "c", "must be a"],
  ["no id", z.uuid(), "nonsense", "not a valid id"],
  ["no address of a person", z.email(), "ada", "not an e-mail address"],
  [
    "no such kind",
    z.discriminatedUnion("do", [z.object({ do: z.literal("cut") })]),
    { do: "dance" },
    "none of the known kinds",
  ],
  ["a pattern without words", z.string().regex(/^a$/), "b", "not written as expected"],
  [
    "a pattern with a code",
    z.string().regex(/^a$/, fieldCode("field.address")),
    "b",
    "expected an IP address or a host name",
  ],
  [
    "a character that is not seen",
    Line(9),
    "a\u202Eb",
    "must not contain invisible characters (U+202E)",
  ],
  [
    "a prefix that is too wide",
    AddressOrPrefix,
    "10.0.0.0/4",
    "too wide: expected a prefix of at least 8 bits, for IPv6 of 16",
  ],
  ["a step", z.number().multipleOf(5), 3, "must be a multiple of 5"],
]
for (const [name, schema, value, expected] of cases) {
  test(`${name}: ${expected}`, () => {
    const { error } = schema.safeParse(value)
    const [found] = error === undefined ? [] : fieldErrorsOf(error, value)
    assert.equal(found === undefined ? undefined : textOf(found), expected)
  })
}

test("each invalid field is named by its path, and an unknown field by its name", () => {
  const messageFor = (schema: z.ZodType, value: unknown) => {
    const { error } = schema.safeParse(value)
    return error === undefined
      ? []
      : fieldErrorsOf(error, value).map((each) => ({ path: each.path, message: textOf(each) }))
  }
  assert.deepEqual(
    messageFor(SiteInput, { name: "", latitude: 91, colour: "red", regionId: "x" }),
    [
      { path: "name", message: "must not be empty" },
      { path: "regionId", message: "not a valid id" },
      { path: "latitude", message: "must be at most 90" },
      { path: "colour", message: "not a field of this request" },
    ],
  )
  const device = {
    name: "r1",
    address: "192.0.2.1",
    roles: ["king"],
    methods: { snmp: { port: "x" } },
  }
  assert.deepEqual(
    messageFor(DeviceInput, device).map(({ path }) => path),
    ["roles.0", "methods.snmp.port"],
  )
})
