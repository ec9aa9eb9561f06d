import assert from "node:assert/strict"
import { test } from "node:test"
import { changesOf, isFiltered, readFilters, savedQuery } from "./filter-query.ts"

const read = (text: string) => readFilters(new URLSearchParams(text), "account-1")

test("filters are read from the address; what is not one is left out", () => {
  assert.deepEqual(read(""), {})
  assert.deepEqual(read("q=+izm+&severity=critical&owner=me&site=s1&causeCode=none"), {
    ...{ q: "izm", severity: "critical", owner: "account-1", site: "s1" },
    causeCode: "none",
  })
  assert.deepEqual(read("severity=terrible&causeCode=power&q=%20"), {})
  assert.equal(isFiltered(new URLSearchParams("state=open")), false)
  assert.equal(isFiltered(new URLSearchParams("owner=none")), true)
})

test("a saved filter leaves out the page and the selection, and replaces all filters when it is applied", () => {
  const query = new URLSearchParams("incident=1&before=7&severity=minor&state=open&q=a b")
  const saved = savedQuery(query)
  assert.equal(saved, "state=open&q=a+b&severity=minor")
  const changes = changesOf(saved)
  assert.deepEqual(
    [changes["q"], changes["severity"], changes["owner"], changes["before"]],
    ["a b", "minor", "", ""],
  )
})
