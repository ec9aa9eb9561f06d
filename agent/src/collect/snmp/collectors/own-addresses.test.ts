/** Addresses of devices of our own making, through a socket. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { AssignedDevice } from "@ispvm/wire"
import { fakeDevice, integer, octets, oidValue, type Value } from "../../../../test/fake-device.ts"
import { createSnmpCollectors } from "./collectors.ts"

const addressesOf = async (
  rows: Readonly<Record<string, Value>>,
): Promise<readonly (readonly unknown[])[]> => {
  const fake = await fakeDevice(
    new Map([
      ["1.3.6.1.2.1.1.2.0", oidValue("1.3.6.1.4.1.9.1.1")],
      ["1.3.6.1.2.1.31.1.1.1.1.1", octets("Gi0/0")],
      ["1.3.6.1.2.1.31.1.1.1.1.9", octets("Loopback0")],
      ...Object.entries(rows),
    ]),
  )
  const collectors = createSnmpCollectors({ now: Date.now, resolve: async (host) => host })
  const device = AssignedDevice.parse({
    id: "00000000-0000-4000-8000-000000000001",
    name: "d",
    access: {
      ...{ address: "127.0.0.1", routerosApi: null, icmp: true, tcpPort: null },
      snmp: { port: fake.port, community: "right" },
    },
    intervals: { pingMs: 0, interfaceMs: 1, healthMs: 1, factsMs: 1 },
  })
  try {
    const found = collectors.all.find(({ reads }) => reads === "addresses")
    const readings = (await found?.collect(device, AbortSignal.timeout(10_000))) ?? []
    return readings.flatMap((each) =>
      each.kind === "table" && each.table === "addresses"
        ? each.rows.map(({ key, values }) => [key, values.address, values.interface])
        : [],
    )
  } finally {
    await collectors.close()
    await fake.close()
  }
}

const mask = (...bytes: readonly number[]): Value => ({ tag: 0x40, bytes: Buffer.from(bytes) })
const OLD = "1.3.6.1.2.1.4.20.1"
const NEW = "1.3.6.1.2.1.4.34.1"
const V6 = "2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1"

test("addresses of both tables, with their prefixes and interfaces, each once", async () => {
  const found = await addressesOf({
    [`${OLD}.2.10.0.0.1`]: integer(1),
    [`${OLD}.2.10.255.0.1`]: integer(9),
    [`${OLD}.2.192.0.2.9`]: integer(77),
    [`${OLD}.3.10.0.0.1`]: mask(255, 255, 255, 252),
    [`${OLD}.3.10.255.0.1`]: mask(255, 255, 255, 255),
    [`${OLD}.3.192.0.2.9`]: mask(255, 0, 255, 0),
    [`${NEW}.3.1.4.10.0.0.1`]: integer(1),
    [`${NEW}.3.${V6}`]: integer(1),
    [`${NEW}.3.1.4.10.0.0.3`]: integer(1),
    [`${NEW}.4.1.4.10.0.0.1`]: integer(1),
    [`${NEW}.4.${V6}`]: integer(1),
    [`${NEW}.4.1.4.10.0.0.3`]: integer(3),
    [`${NEW}.5.1.4.10.0.0.1`]: oidValue("0.0"),
    [`${NEW}.5.${V6}`]: oidValue(`1.3.6.1.2.1.4.32.1.5.1.${V6}.64`),
  })
  assert.deepEqual(found, [
    ["Gi0/0 10.0.0.1/30", "10.0.0.1/30", "Gi0/0"],
    ["Loopback0 10.255.0.1/32", "10.255.0.1/32", "Loopback0"],
    ["? 192.0.2.9", "192.0.2.9", null],
    ["Gi0/0 2001:db8::1/64", "2001:db8::1/64", "Gi0/0"],
  ])
})

test("a device without such a table has none, and odd indexes are left out", async () => {
  assert.deepEqual(await addressesOf({}), [])
  assert.deepEqual(
    await addressesOf({
      [`${OLD}.2.10.0.999.1`]: integer(1),
      [`${NEW}.3.1.4.10.0`]: integer(1),
    }),
    [],
  )
})
