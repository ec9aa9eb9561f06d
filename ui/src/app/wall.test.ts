import assert from "node:assert/strict"
import { test } from "node:test"
import { isWallRequested, wallAddress } from "./wall.ts"

test("wall: the address keeps what else it says, and nothing of the wall stays behind", () => {
  assert.equal(wallAddress("/map", "", true), "/map?wall")
  assert.equal(wallAddress("/map", "?show=faults&wall=", true), "/map?show=faults&wall")
  assert.equal(wallAddress("/map", "?wall", false), "/map")
  assert.equal(wallAddress("/map", "?at=1%2C2&wall=1", false), "/map?at=1%2C2")
})
test("wall: asked for by name, whatever its value", () => {
  assert.deepEqual(["?wall", "?a=1&wall=", "?firewall=1", ""].map(isWallRequested), [
    true,
    true,
    false,
    false,
  ])
})
