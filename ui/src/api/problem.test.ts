import assert from "node:assert/strict"
import { test } from "node:test"
import { problemOf } from "./problem.ts"

test("problem: detail is the message and fields are found by path", () => {
  const error = problemOf(422, {
    status: 422,
    code: "invalid",
    title: "Invalid",
    detail: "name: must not be empty",
    fields: [{ path: "name", message: "must not be empty" }],
  })
  assert.equal(error.message, "name: must not be empty")
  assert.equal(error.field("name"), "Must not be empty")
  assert.equal(error.field("address"), "")
})
test("problem: an answer that is no problem document still says its status", () => {
  assert.match(problemOf(502, "<html>").message, /502/)
  assert.match(problemOf(500, null).message, /500/)
})
test("problem: a field is said by its code; a code of a newer appliance in its own words", () => {
  const own = { path: "a", code: "field.taken", params: {}, message: "is taken, says the server" }
  const newer = { path: "b", code: "field.new-rule", params: {}, message: "breaks a new rule" }
  const error = problemOf(422, { status: 422, code: "invalid", title: "", fields: [own, newer] })
  assert.equal(error.field("a"), "Already taken")
  assert.equal(error.field("b"), "Breaks a new rule")
})
