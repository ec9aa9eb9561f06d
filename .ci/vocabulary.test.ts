import assert from "node:assert/strict"
import { join } from "node:path"
import { test } from "node:test"
import {
  codeOnly,
  proseOf,
  retiredInComments,
  retiredInNames,
  retiredInTexts,
  retiredName,
  retiredWords,
} from "./vocabulary.ts"

const root = join(import.meta.dirname, "..")
const shown = (found: ReturnType<typeof retiredInNames>) =>
  found.map(({ file, line, word }) => `${file}:${line} ${word}`)

test("no name in code uses a retired word", () => {
  assert.deepEqual(shown(retiredInNames(root)), [])
})

test("no text of the docs or the UI uses a retired word", () => {
  const found = retiredInTexts(root)
  assert.deepEqual(shown(found), [])
})

test("no comment and no test title uses a retired word", () => {
  assert.deepEqual(shown(retiredInComments(root)), [])
})

test("comments and test titles are prose; code and other texts are not", () => {
  const source = '/** a\n * b */\nconst c = "d" // e\ntest("f", () => {})\ntest(`g h`, i)\n'
  assert.deepEqual(
    proseOf(source).map(({ line, text }) => [line, text]),
    [
      [1, "/** a\n * b */"],
      [3, "// e"],
      [4, '"f"'],
      [5, "`g h`"],
    ],
  )
})

test("a coined name is found in any spelling, platform names and plain English are not", () => {
  for (const name of ["createDocket", "MOST_BYTES", "wish_of", "toldAtMs", "agentDoor", "lookAtMs"])
    assert.notEqual(retiredName(name), undefined, name)
  for (const name of [
    "lookup",
    "requestAnimationFrame",
    "slice",
    "outlook",
    "almost",
    "allSettled",
  ])
    assert.equal(retiredName(name), undefined, name)
  assert.deepEqual(retiredWords("The docket was told of two lanes."), [
    "docket",
    "was told",
    "lanes",
  ])
  assert.deepEqual(
    retiredWords("A slice of the outdoor network, most of it behind a firewall."),
    [],
  )
})

test("comments, strings and patterns are not code; what a template computes is", () => {
  const source = 'const a = "door" // lane\n/* wish */ const b = `door $'.concat(
    "{lane} x`\nconst c = /knock/.test(d)\n",
  )
  assert.deepEqual(codeOnly(source).match(/door|lane|wish|knock/g), ["lane"])
  assert.equal(codeOnly(source).split("\n").length, source.split("\n").length)
})
