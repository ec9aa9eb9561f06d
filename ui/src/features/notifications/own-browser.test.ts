/** A logout ends what this browser is notified of. */
import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"
import { forgetHere } from "./own-browser.ts"

const ENDPOINT = "https://push.example.net/one"
const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex")
const browser = (id: string, endpoint: string) => ({
  ...{ id, label: "Firefox, Linux", createdAtMs: 0 },
  digest: digestOf(endpoint),
})
const worldOf = (isReached = true) => {
  const done: string[] = []
  return {
    done,
    api: {
      ownPush: async () => {
        if (!isReached) throw new Error("the appliance is not reached")
        const browsers = [
          browser("other", "https://push.example.net/two"),
          browser("own", ENDPOINT),
        ]
        return { publicKey: "B", browsers }
      },
      removePush: async (id: string) => void done.push(`removed ${id}`),
    },
    subscription: async () => ({
      endpoint: ENDPOINT,
      unsubscribe: async () => {
        done.push("unsubscribed")
        return true
      },
    }),
  }
}

test("the browser is removed from its person's list, and unsubscribed; others stay", async () => {
  const world = worldOf()
  await forgetHere(world)
  assert.deepEqual(world.done.toSorted(), ["removed own", "unsubscribed"])
})

test("without the appliance it is unsubscribed all the same", async () => {
  const world = worldOf(false)
  await forgetHere(world)
  assert.deepEqual(world.done, ["unsubscribed"])
})

test("a browser without a subscription asks for nothing", async () => {
  const { api, done } = worldOf()
  await forgetHere({ api, subscription: async () => null })
  assert.deepEqual(done, [])
})
