import assert from "node:assert/strict"
import { test } from "node:test"
import { mendLanguage } from "./language.ts"

for (const [given, wanted] of [
  ["tr-TR", "tr-TR"],
  ["en-US@posix", "en-GB"],
] as const)
  test(`language: ${given} becomes ${wanted}`, () => {
    const browser = { language: given }
    mendLanguage(browser)
    assert.equal(browser.language, wanted)
  })
