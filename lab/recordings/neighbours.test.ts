/** Tables of neighbours of recorded devices, through the agent's collectors, into discovery. */
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { discover } from "@ispvm/discovery"
import { recordingsFolder } from "../config.ts"
import { parseSnmprec } from "../simulator/routers/recordings.ts"
import { play } from "./snmp-play.ts"

/** How many rows each has, of how many boxes they are, and how many ports they are at. */
const CASES = [
  // Release 6 names no port of its own: one router by three ports, one switch by two.
  { file: "mikrotik/routeros_crs317.snmprec", rows: 12, boxes: 9, placed: 0 },
  // A virtual machine by two ports, and a name with the rest of its field behind it.
  { file: "mikrotik/routeros_rb760igs.snmprec", rows: 7, boxes: 6, placed: 0 },
  // Behind one port a radio that forwards, and the router behind that.
  { file: "mikrotik/routeros_wifi.snmprec", rows: 2, boxes: 2, placed: 1 },
  { file: "other-vendors/arista_eos_vrf.snmprec", rows: 4, boxes: 3, placed: 4 },
  { file: "other-vendors/junos_mx5t-isis.snmprec", rows: 4, boxes: 3, placed: 4 },
] as const

const folder = recordingsFolder()
for (const { file, rows, boxes, placed } of CASES) {
  const path = join(folder ?? "", "snmp", file)
  test(`${rows} recorded rows of ${file} are ${boxes} boxes`, {
    skip: folder === undefined && "ISPVM_RECORDINGS is not set",
  }, async () => {
    const { tables, facts } = await play(parseSnmprec(readFileSync(path, "latin1")))
    assert.equal(tables.neighbours?.length, rows)
    const { nodes, links, dropped } = discover(
      [
        {
          ...{ id: "device", name: "recorded", address: null, serial: null },
          ...{ identity: facts?.identity ?? null, board: facts?.board ?? null },
          interfaces: (facts?.interfaces ?? []).map(({ name, type, mac }) => ({
            ...{ name, type: type ?? null, mac: mac ?? null },
          })),
          tables: Object.fromEntries(
            Object.entries(tables).map(([name, all]) => [
              name,
              all.map((cells) => ({ cells, seenAtMs: 1, goneAtMs: null })),
            ]),
          ),
        },
      ],
      1,
    )
    const found = nodes.filter(({ kind }) => kind === "found")
    assert.equal(found.length, boxes, found.map(({ name, macs }) => `${name} ${macs}`).join("\n"))
    for (const { name } of found) assert.ok(!/\p{Cc}/u.test(name ?? ""), name ?? "")
    const atPorts = links.filter(({ a, b }) => (a.node === "device" ? a : b).interface !== null)
    assert.equal(atPorts.length, placed)
    assert.ok(atPorts.every(({ confidence }) => confidence > 0.9))
    assert.equal(dropped.ambiguous, 0)
  })
}
