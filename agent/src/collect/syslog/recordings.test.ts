/** Lines of real routers, compared with the results of their collectors' projects. */
import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { z } from "zod"
import { recordingsFolder } from "../../../test/config.ts"
import { parseLine } from "./lines.ts"
import { meaningOf } from "./meaning.ts"

const Recorded = z.object({
  raw: z.string(),
  expected: z.object({
    topics: z.array(z.string()).optional(),
    message: z.string().optional(),
    host: z.string().optional(),
    pri: z.number().optional(),
    failJSON: z
      .object({ match: z.boolean(), host: z.string().optional(), user: z.string().optional() })
      .optional(),
  }),
})

const folder = recordingsFolder()
const CASES = 171
const records = (): z.infer<typeof Recorded>[] => {
  const lines = join(folder ?? "", "syslog/lines")
  return readdirSync(lines).flatMap((file) =>
    readFileSync(join(lines, file), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => Recorded.parse(JSON.parse(line))),
  )
}
const skip = folder === undefined && `ISPVM_RECORDINGS is not set: ${CASES} cases did not run`

test("recorded lines are split as their projects expect", { skip }, (t) => {
  const all = records()
  const mismatches: string[] = []
  for (const { raw, expected } of all) {
    const line = parseLine(raw)
    const isRight =
      (expected.topics === undefined || expected.topics.join() === line.topics.join()) &&
      (expected.message === undefined || expected.message.trim() === line.message.trim()) &&
      (expected.host === undefined || expected.host === line.host) &&
      (expected.pri === undefined || expected.pri === line.pri)
    if (!isRight) mismatches.push(`${raw}\n    -> ${JSON.stringify(line)}`)
  }
  t.diagnostic(
    `${all.length - mismatches.length} of ${all.length} recorded lines parsed as expected`,
  )
  for (const one of mismatches) t.diagnostic(one)
  assert.ok(all.length >= CASES)
  assert.deepEqual(mismatches, [])
})

test("recorded link and login lines have their meaning, and no other line has it", {
  skip,
}, (t) => {
  const seen = { link: 0, login: 0, other: 0 }
  for (const { raw, expected } of records()) {
    const { message, topics } = parseLine(raw)
    const meaning = meaningOf(message, topics)
    const isLink = / link (up|down)\b/.test(message) && topics.includes("interface")
    const isLogin = /(login failure for user|logged (in|out) (from|via))/.test(message)
    if (isLink) {
      assert.match(meaning?.name ?? "none", /^link-(up|down)$/, raw)
      assert.ok(meaning?.interface && message.startsWith(meaning.interface), raw)
    }
    if (isLogin) assert.match(meaning?.name ?? "none", /^login/, raw)
    const { host, user } = expected.failJSON ?? {}
    if (host !== undefined) assert.equal(meaning?.attributes.from, host, raw)
    if (user !== undefined) assert.equal(meaning?.attributes.user ?? "", user, raw)
    if (!isLink) assert.doesNotMatch(meaning?.name ?? "none", /^link/, raw)
    seen[isLink ? "link" : isLogin ? "login" : "other"] += 1
  }
  t.diagnostic(JSON.stringify(seen))
  assert.ok(seen.link >= 3 && seen.login >= 5)
})
