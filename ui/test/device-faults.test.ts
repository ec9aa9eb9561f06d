/** Faults inside a router of the simulated network, on the page of its device. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { LabState } from "../src/state/lab.ts"
import { checkAppearances } from "./appearances.ts"
import { uuid } from "./make.ts"
import { makeNetwork } from "./network.ts"
import { showPage, useBrowser } from "./page.ts"
import { type Answer, startServer } from "./server.ts"

useBrowser()

const nothing = (router: string): LabState => ({
  ...{ cutLinks: [], deadRouters: [], poweredOffSites: [], lostUpstreams: [], lossRatio: 0 },
  ...{ degradedLinks: [], congestedLinks: [], bgpDown: [], withoutSessions: [], fadedOptics: [] },
  ...{ ospfDown: [], isisDown: [], deviceFaults: [], ospfLinks: [], isisLinks: [] },
  ...{ agentRunning: true, managementPathDown: false, uplinkDown: false, mode: "loopback" },
  possibleFaults: { [router]: ["overheat", "lose-lte", "load-cpu"] },
})

test("faults that the router has parts for are injected and ended; a rejected one says why", async () => {
  const network = makeNetwork(1)
  const [device] = network.devices
  assert.ok(device !== undefined)
  const { name: router } = device
  const sent: unknown[] = []
  let lab = nothing(router)
  const answers = (method: string, url: URL, body: unknown): Answer | Promise<Answer> => {
    const [, kind] = url.pathname.split("/")
    if (kind !== "lab") return network.answers(method, url, body)
    if (method === "POST") {
      sent.push(body)
      const command = JSON.stringify(body)
      if (command.includes("lose-lte")) return { status: 422, body: { message: "it is off" } }
      lab = { ...lab, deviceFaults: command.includes("overheat") ? [`overheat ${router}`] : [] }
    }
    return { status: 200, body: lab }
  }
  const server = await startServer(answers)
  network.session = {
    ...network.session,
    demo: { faultInjectionUrl: `${server.url}/api/v1/lab` },
  }
  try {
    await showPage(server, `/devices/${uuid(1)}`, "dark", async (page) => {
      const button = (name: string) => page.getByRole("button", { name })
      await page.getByText("Faults inside this router").click()
      await button("Overheat").waitFor()
      assert.equal(await button("Exhaust DHCP pool").count(), 0, "it has no pool")
      await button("Overheat").click()
      await button("Cool down").click()
      await button("Overheat").waitFor()
      await button("Change configuration").click()
      await button("Guess passwords").click()
      await button("Lose mobile network").click()
      await page.getByText("The fault was not injected. it is off").waitFor()
      await checkAppearances(page, "device-faults")
      assert.deepEqual(sent, [
        { do: "overheat", router },
        { do: "cool-down", router },
        { do: "change-config", router, section: "ip firewall filter" },
        { do: "guess-passwords", router, times: 12 },
        { do: "lose-lte", router },
      ])
    })
  } finally {
    server.close()
  }
})
