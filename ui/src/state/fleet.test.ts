import assert from "node:assert/strict"
import { test } from "node:test"
import type { LiveName } from "@ispvm/appliance/api/live"
import { makeDevice, makeLink } from "../../test/make.ts"
import type { Live } from "../api/live.ts"
import { createFleet } from "./fleet.ts"

test("fleet: what the stream sent while the network was being read is not lost under an older answer", async () => {
  const [one, two] = [makeDevice(1), makeDevice(2)]
  const link = makeLink(1, one, two)
  const listeners = new Map<LiveName, (data: never) => void>()
  const on: Live["on"] = (name, listener) => {
    listeners.set(name, listener)
    return () => listeners.delete(name)
  }
  const answers = Promise.withResolvers<void>()
  const api = {
    topology: async () => {
      await answers.promise
      return { sites: [], devices: [one, two], links: [link], agents: [] }
    },
    agents: async () => ({ items: [], next: null }),
    device: async () => one,
  }
  const fleet = createFleet(api, { on })
  fleet.start()
  const reading = fleet.reload()
  const status = {
    status: "down" as const,
    reason: "cut",
    message: { code: "status.no-recent-data", params: {} },
    sinceMs: 5,
  }
  listeners.get("link")?.({ id: link.id, status, incidentId: null } as never)
  answers.resolve()
  await reading
  assert.equal(fleet.value.links.get(link.id)?.status.status, "down")
  fleet.stop()
})
