import assert from "node:assert/strict"
import { test } from "node:test"
import { repairLanguage } from "./language.ts"

for (const [input, expected] of [
  ["tr-TR", "tr-TR"],
  ["en-US@posix", "en-GB"],
] as const)
  test(`language: ${input} becomes ${expected}`, () => {
    const browser = { language: input }
    repairLanguage(browser)
    assert.equal(browser.language, expected)
  })
