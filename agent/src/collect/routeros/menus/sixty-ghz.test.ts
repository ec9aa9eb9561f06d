/** Radios of 60 GHz: a registration for each station, whichever menu lists them. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { AssignedDevice } from "@ispvm/wire"
import { fakeRouter, sentence } from "../../../../test/fake-router.ts"
import { createRouterOsCollectors } from "../collectors/collectors.ts"

type Answers = Readonly<Record<string, readonly (readonly string[])[]>>
const collect = async (answers: Answers) => {
  const router = await fakeRouter(({ socket, command, tag }) => {
    const rows = answers[command] ?? []
    for (const words of rows)
      socket.write(sentence("!re", ...words.map((word) => `=${word}`), ...tag))
    const isKnown = command === "/login" || Object.hasOwn(answers, command)
    if (!isKnown) socket.write(sentence("!trap", "=message=no such command prefix", ...tag))
    socket.write(sentence("!done", ...tag))
  })
  const { all, close } = createRouterOsCollectors({
    clock: { now: Date.now },
  })
  const device = AssignedDevice.parse({
    ...{ id: "00000000-0000-4000-8000-000000000001", name: "hill" },
    access: {
      address: "127.0.0.1",
      routerosApi: {
        ...{ port: router.port, tls: false, fingerprint: null },
        ...{ username: "watch", password: "secret-word" },
      },
      ...{ snmp: null, icmp: false, tcpPort: null },
    },
    intervals: { pingMs: 0, interfaceMs: 1, healthMs: 1, factsMs: 1 },
  })
  try {
    const found = all.find(({ reads }) => reads === "registration")
    const readings = (await found?.collect(device, AbortSignal.timeout(20_000))) ?? []
    return {
      families: readings.flatMap((each) =>
        each.kind === "family" ? [[each.name, each.values.signalDbm, each.values.txRateBps]] : [],
      ),
      rows: readings.flatMap((each) =>
        each.kind === "table" ? each.rows.map(({ values }) => [values.interface, values.mac]) : [],
      ),
    }
  } finally {
    await close()
    await router.close()
  }
}

const FAR = ["B8:69:F4:00:00:01", "B8:69:F4:00:00:02"]
const link = (mac: string | undefined, rssi: number) => [
  ...["connected=true", `remote-address=${mac}`, `rssi=${rssi}`, "tx-phy-rate=2.3Gbps"],
]
const both = {
  families: [
    [FAR[0], -54, 2.3e9],
    [FAR[1], -61, 2.3e9],
  ],
  rows: [
    ["wlan60-1", FAR[0]],
    ["wlan60-1", FAR[1]],
  ],
}

test("an access point whose monitor lists several stations has a row for each", async () => {
  const found = await collect({
    "/interface/w60g/print": [["name=wlan60-1", "ssid=hill"]],
    "/interface/w60g/monitor": [link(FAR[0], -54), link(FAR[1], -61)],
  })
  assert.deepEqual(found, both)
})

test("stations with interfaces of their own are not listed twice", async () => {
  const found = await collect({
    "/interface/w60g/station/print": [
      ["name=wlan60-station-1", "parent=wlan60-1"],
      ["name=wlan60-station-2", "parent=wlan60-1"],
    ],
    "/interface/w60g/station/monitor": [
      ["name=wlan60-station-1", ...link(FAR[0], -54)],
      ["name=wlan60-station-2", ...link(FAR[1], -61)],
    ],
    "/interface/w60g/print": [["name=wlan60-1"]],
    "/interface/w60g/monitor": [["name=wlan60-1", ...link(FAR[0], -54)]],
  })
  assert.deepEqual(found, both)
})

test("a station that is not connected has no row", async () => {
  const found = await collect({
    "/interface/w60g/print": [["name=wlan60-1"]],
    "/interface/w60g/monitor": [["name=wlan60-1", "connected=false", `remote-address=${FAR[0]}`]],
  })
  assert.deepEqual(found, { families: [], rows: [] })
})
