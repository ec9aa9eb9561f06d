/** Neighbours of devices of our own making, through a socket. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { AssignedDevice } from "@ispvm/wire"
import { fakeDevice, integer, octets, oidValue, type Value } from "../../../../test/fake-device.ts"
import { createSnmpCollectors } from "./collectors.ts"

const MAC = Buffer.from("020000000001", "hex")

const neighbours = async (
  objectId: string,
  rows: Readonly<Record<string, Value>>,
): Promise<readonly object[]> => {
  const fake = await fakeDevice(
    new Map([
      ["1.3.6.1.2.1.1.2.0", oidValue(`1.3.6.1.4.1.${objectId}`)],
      ["1.3.6.1.2.1.31.1.1.1.1.35", octets("1/1/1")],
      ...Object.entries(rows),
    ]),
  )
  const collectors = createSnmpCollectors({ now: Date.now, resolve: async (address) => address })
  const device = AssignedDevice.parse({
    id: "00000000-0000-4000-8000-000000000001",
    name: "d",
    access: {
      address: "127.0.0.1",
      routerosApi: null,
      snmp: { port: fake.port, community: "right" },
      icmp: true,
      tcpPort: null,
    },
    intervals: { pingMs: 0, interfaceMs: 1, healthMs: 1, factsMs: 1 },
  })
  try {
    const readings =
      (await collectors.all
        .find(({ reads }) => reads === "neighbours")
        ?.collect(device, AbortSignal.timeout(10_000))) ?? []
    return readings.flatMap((each) => (each.kind === "table" ? each.rows : []))
  } finally {
    await collectors.close()
    await fake.close()
  }
}

const EXPECTED = {
  interface: "1/1/1",
  identity: "core-2",
  remotePort: "1/1/9",
  address: "10.0.0.2",
  chassisId: "02:00:00:00:00:01",
}
const shown = (rows: readonly object[]): readonly object[] =>
  rows.map((row) => {
    const { values } = row as { values: Record<string, unknown> }
    return Object.fromEntries(Object.keys(EXPECTED).map((name) => [name, values[name]]))
  })

/** Time, port, (destination,) remote. */
const lldp = (root: string, shift: number, index: string): Record<string, Value> => ({
  [`${root}.4.1.1.${4 + shift}.${index}`]: integer(4),
  [`${root}.4.1.1.${5 + shift}.${index}`]: octets(MAC),
  [`${root}.4.1.1.${6 + shift}.${index}`]: integer(5),
  [`${root}.4.1.1.${7 + shift}.${index}`]: octets("1/1/9"),
  [`${root}.4.1.1.${9 + shift}.${index}`]: octets("core-2"),
  [`${root}.4.2.1.3.${index}.1.4.10.0.0.2`]: integer(2),
})

const FORMS = [
  ["LLDP-MIB", "9.1.1", "1.0.8802.1.1.2.1", 0, "100.35.1"],
  ["LLDP-V2-MIB", "30065.1", "1.3.111.2.802.1.1.13.1", 1, "100.35.1.1"],
  ["TIMETRA-LLDP-MIB", "6527.1.3.17", "1.3.6.1.4.1.6527.3.1.2.59", 0, "100.35.1.1"],
] as const
for (const [mib, objectId, root, shift, index] of FORMS)
  test(`a neighbour in ${mib}: its port, name and address`, async () => {
    assert.deepEqual(shown(await neighbours(objectId, lldp(root, shift, index))), [EXPECTED])
  })

test("Nokia's table is requested of its devices only", async () => {
  assert.deepEqual(
    await neighbours("9.1.1", lldp("1.3.6.1.4.1.6527.3.1.2.59", 0, "100.35.1.1")),
    [],
  )
})

test("a neighbour that IronWare knows by FDP or CDP", async () => {
  const T = "1.3.6.1.4.1.1991.1.1.3.20.1.2.1.1"
  assert.deepEqual(
    shown(
      await neighbours("1991.1.3.48", {
        [`${T}.3.35.1`]: octets("core-2"),
        [`${T}.5.35.1`]: octets(Buffer.of(10, 0, 0, 2)),
        [`${T}.7.35.1`]: octets("1/1/9"),
        [`${T}.8.35.1`]: octets("ICX7450"),
      }),
    ),
    [{ ...EXPECTED, chassisId: null }],
  )
})
