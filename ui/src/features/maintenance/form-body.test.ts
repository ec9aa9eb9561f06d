import assert from "node:assert/strict"
import { test } from "node:test"
import { blankForm, bodyOf } from "./form-body.ts"

test("maintenance form: targets are sent with their kind; a tag may contain a colon", () => {
  const id = "00000000-0000-4000-8000-000000000001"
  const keys = [`device:${id}`, "tag:customer:acme", `region:${id}`, "agent:x", "tag"]
  assert.deepEqual(bodyOf(blankForm("UTC", 0, keys)).targets, [
    { kind: "device", id },
    { kind: "tag", id: "customer:acme" },
    { kind: "region", id },
  ])
})
