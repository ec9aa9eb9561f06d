/** What Debian's policy asks of a package: its changelog, and common licences by name. */
import assert from "node:assert/strict"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { debianChangelog, MAINTAINER } from "./changelog.ts"
import { COMMON_LICENCES, hashOfWords, nameCommonLicences } from "./common-licences.ts"

const MARKDOWN = `# Changelog

## 0.2.0 (unreleased)
- The second release: ${"a long sentence ".repeat(6)}that goes
  on in the next line.
- Short.

## 0.1.0
- The first one.
`

test("the changelog has the entries of the release that is built, in Debian's form", () => {
  const built = { name: "ispvm", version: "0.2.0~20261201.1940602", epochS: 1_796_117_919 }
  const text = debianChangelog(MARKDOWN, built)
  const [first = ""] = text.split("\n")
  assert.equal(first, "ispvm (0.2.0~20261201.1940602) stable; urgency=medium")
  assert.ok(text.includes("\n  * The second release: a long sentence"))
  assert.ok(text.endsWith(`\n  * Short.\n\n -- ${MAINTAINER}  Tue, 01 Dec 2026 09:38:39 +0000\n`))
  assert.ok(!text.includes("The first one"))
  assert.deepEqual(
    text.split("\n").filter((line) => line.startsWith("  ") && line.length > 80),
    [],
  )
  assert.throws(
    () => debianChangelog(MARKDOWN, { ...built, version: "0.3.0" }),
    /no entries of 0\.3\.0/,
  )
})

const FOLDER = "/usr/share/common-licenses"
for (const { name, sha256 } of COMMON_LICENCES) {
  const file = join(FOLDER, name)
  test(`${name} is named where its text is Debian's, and kept where it differs`, {
    skip: !existsSync(file) && `${file} is not on this machine`,
  }, () => {
    const text = readFileSync(file, "utf8")
    const indented = text.replaceAll(/^/gm, "     ").replaceAll("\n\n", "\n\n\n")
    const named = nameCommonLicences(`before\n${indented}\nafter`)
    assert.match(named, /^before\n/)
    assert.match(named, /\nafter$/)
    assert.ok(named.includes(`${FOLDER}/${name}`))
    assert.ok(named.length < text.length / 3, `${named.length} of ${text.length}`)
    const other = text.replaceAll("WARRANTIES", "WARRANTYS").replaceAll("program", "programme")
    assert.equal(nameCommonLicences(other), other)
    assert.notEqual(hashOfWords(text), sha256, "the hash is that of the terms, not of the file")
  })
}
