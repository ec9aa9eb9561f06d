import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { recordingsFolder } from "../../../../test/config.ts"
import {
  fakeDevice,
  integer,
  octets,
  oidValue,
  parseRecord,
  type Table,
} from "../../../../test/fake-device.ts"
import { SnmpSession } from "../client/session.ts"
import { createSharedSocket } from "../client/socket.ts"
import { fromDescr } from "./descr-patterns.ts"
import { readSystem } from "./facts.ts"
import { nothingLearned } from "./learned.ts"
import { OBJECTS } from "./vendor-objects.ts"

type IdentityFields = readonly [
  vendor: string | null,
  model: string | null,
  version: string | null,
  serial: string | null,
]

const identify = async (table: Table): Promise<IdentityFields> => {
  const fake = await fakeDevice(table)
  const socket = createSharedSocket()
  const learned = nothingLearned()
  const session = new SnmpSession(
    { ip: "127.0.0.1", port: fake.port, community: "right" },
    socket,
    learned,
  )
  try {
    const found = await readSystem({
      session,
      learned,
      options: { signal: AbortSignal.timeout(10_000) },
    })
    return [found.vendor, found.model, found.version, found.serial]
  } finally {
    session.close()
    await socket.close()
    await fake.close()
  }
}

const CISCO = "Cisco"
const JUNIPER = "Juniper Networks"
/** What each recording contains; null if it contains nothing. */
const RECORDED: Readonly<Record<string, IdentityFields>> = {
  adva_fsp150_ge114pro: ["Adva", "FSP 150-GE114Pro", "9.1.1-152", "LBADVA71163003261"],
  "airos-af": ["Ubiquiti", null, "4.0.3", null],
  "airos-af60_v3.4": ["Ubiquiti", "Wave Long-Range", "3.4.0.cd580eac.241001.1122", null],
  airos: ["Ubiquiti", "Rocket Prism 5AC Gen2", "8.5.1.37185.180307.0931", null],
  airos_airos8: ["Ubiquiti", "LiteBeam 5AC Gen2", "8.7.4.45112.210415.1103", null],
  arista_eos_vrf: ["Arista Networks", "DCS-7150S-24", "4.20.12.1M", "serial"],
  "aviat-wtm": ["Aviat Networks", "W42-11H2-WPX", "2.7.0.11.4349-WTM4100", "AAA9999A999"],
  calix_716ge: ["Calix", "716GE", "10.7.110.17", "CXNK0006E6A1"],
  cdata: ["C-Data", null, "4.2.7.58", "AF2101-1901000029"],
  cnmatrix: ["Cambium Networks", "TX1012-P-DC", "5.0.1-r4", "ABCDEF0123456789"],
  edgeos: ["Ubiquiti", "EdgeRouter", "1.8.0.4853089.160219.1607", null],
  edgeswitch_8xp: ["Ubiquiti", "EdgeSwitch 8XP", "2.1.0", null],
  "fiberhome-switch": ["FiberHome", "S5800 FHN USP", "V210R240", null],
  "huawei-optixrtn_optixrtn905": ["Huawei", "Optix RTN", "V100R011C00SPC200", null],
  ios_c3560: [CISCO, "WS-C3560-48TS-S", "12.2(55)SE12", "CAT0912N0CU"],
  "iosxe_c8500-20x6c": [CISCO, "C8500-20X6C", "17.17.20240828:191717", null],
  iosxe_isr4321: [CISCO, "ISR4321/K9", "17.6.4", "FDO2249A154"],
  iosxr: [CISCO, "ASR9K Series", "5.3.4", null],
  iosxr_asr9904: [CISCO, "ASR9K Series", "5.3.4", null],
  "iosxr_c8200-400g": [CISCO, "8000", "24.1.2", null],
  junos_ex: [JUNIPER, "EX3400-48T", "15.1X53-D59.4", null],
  junos_mx: [JUNIPER, "MX80", "16.2R2.8", "G0290"],
  "junos_mx5t-isis": [JUNIPER, "MX5-T", "19.4R3.11", "F8223"],
  junos_vmx: [JUNIPER, "VMX", "18.2R1.9", "VM600B272BD3"],
  "nxos_n9504-7.0": [CISCO, null, "7.0(3)I7(7)", null],
  pmp: ["Cambium Networks", "PMP 450", "16.0.0.1", null],
  "raisecom-ros": [
    "Raisecom",
    "RAX711-C-R P100R001C00",
    "ROS_6.2.0_20200614",
    "103002031910S20907S0003G",
  ],
  "smartax-mdu": ["Huawei", null, null, null],
  tachyon: ["Tachyon Networks", "TNA-303X", "1.12.0 rev 54574", "TNA3031402400256"],
  timos_7705: ["Nokia", "7705 SAR-8 v2", "9.0.R11", "LL122819029"],
  timos_7750: ["Nokia", "7750 SR", "23.10.R3", "NS23196G545"],
  unifi_nanohd: ["Ubiquiti", "UAP-nanoHD", "5.43.36.12724", null],
  unifi_unifi: ["Ubiquiti", "U-LTE-Pro-EU", "6.6.57.15206", null],
  "vrp_ce12804-withvrf": ["Huawei", "CE12804", "8.150 (V200R002C50SPC800)", null],
  vrp_ne: ["Huawei", "NE40E-M2K-B", "8.190(CN)", null],
  vrp_ne8000: ["Huawei", "NetEngine 8000 F1A-8H20Q", "8.200 (V800R012C10SPC300)", null],
  vrp_slas: ["Huawei", "S5720-56C-PWR-EI-AC", "5.170 (V200R019C10SPC500)", null],
  vsolution_v1600d: ["V-SOL", "V1600D", "2.03.74R", "V2007150017"],
  zxa10_c320: ["ZTE", "C320", "V2.1.0", "210108318193"],
}

/**
 * Of a walk of megabytes only the rows for the identity: the device of the test searches its rows
 * linearly.
 */
const RELEVANT_OIDS = [
  "1.3.6.1.2.1.1.",
  "1.3.6.1.2.1.47.1.1.1.1.",
  "1.0.8802.1.1.2.1.5.4795.",
  "1.2.840.10036.3.",
  "1.3.6.1.4.1.6527.3.1.2.2.1.",
]
const OWN = new Set(
  [...OBJECTS.values()].flatMap(({ model = [], version = [], serial = [] }) => [
    ...model,
    ...version,
    ...serial,
  ]),
)
const isRelevant = (line: string): boolean => {
  const oid = line.slice(0, line.indexOf("|"))
  return OWN.has(oid) || RELEVANT_OIDS.some((prefix) => oid.startsWith(prefix))
}

const recordings = recordingsFolder()
test("recorded devices of other vendors are identified by vendor, model, version and serial number", {
  skip:
    recordings === undefined &&
    `ISPVM_RECORDINGS is not set: ${Object.keys(RECORDED).length} cases`,
}, async () => {
  const mismatches: string[] = []
  for (const [name, expected] of Object.entries(RECORDED)) {
    const text = readFileSync(
      join(recordings ?? "", "snmp/other-vendors", `${name}.snmprec`),
      "utf8",
    )
    const rows = text
      .split("\n")
      .filter(isRelevant)
      .flatMap((line) => [parseRecord(line)].filter((row) => row !== null))
    const got = await identify(new Map(rows))
    if (JSON.stringify(got) !== JSON.stringify(expected))
      mismatches.push(`${name}: ${JSON.stringify(got)}`)
  }
  const all = Object.keys(RECORDED).length
  console.log(`identity: ${all - mismatches.length} of ${all} recorded devices right`)
  assert.deepEqual(mismatches, [])
})

const DESCR: readonly (readonly [string, string | null, string | null])[] = [
  ["RouterOS CCR2004-1G-12S+2XS", "CCR2004-1G-12S+2XS", null],
  ["router", null, null],
  ["Linux probe 6.1", null, null],
  ["CSS106-1G-4P-1S SwOS v2.11", "CSS106-1G-4P-1S", "2.11"],
  [
    "ExtremeXOS (X440-24p) version 15.3.1.4 v1531b4 by release-manager on Fri Jun 20",
    "X440-24p",
    "15.3.1.4",
  ],
  ["HP J9776A 2530-24G Switch, revision YA.16.02.0012, ROM YA.15.20", "2530-24G", "YA.16.02.0012"],
  [
    "Aruba JL253A 2930F-24G-4SFP+ Switch, revision WC.16.07.0002, ROM WC.16.01",
    "2930F-24G-4SFP+",
    "WC.16.07.0002",
  ],
  [
    "EdgeSwitch 24-Port 250W, 1.7.0.4922887, Linux 3.6.5-f4a26ed5",
    "EdgeSwitch 24-Port 250W",
    "1.7.0.4922887",
  ],
  ["US-24-250W, 4.0.66.10832, Linux 3.6.5", "US-24-250W", "4.0.66.10832"],
  ["VyOS 1.3.0-epa2", null, "1.3.0-epa2"],
  ["Cisco Adaptive Security Appliance Version 9.8(2)", null, "9.8(2)"],
  [
    "Cisco Internetwork Operating System Software IOS (tm) C2600 Software (C2600-I-M), Version 12.3(26), RELEASE",
    null,
    "12.3(26)",
  ],
  ["Cisco Firepower Threat Defense, Version 7.0.4 (Build 55)", null, "7.0.4"],
  [
    "Juniper Networks, Inc. acx7100-48l Ethernet Router, version 22.2R1.12-EVO Build date: 2022-06",
    "ACX7100-48L",
    "22.2R1.12-EVO",
  ],
  ["SSG5-Serial version 6.3.0r18.0 (SN: 0162, Firewall+VPN)", "SSG5-Serial", "6.3.0r18.0"],
  [
    "Huawei AR2220 Huawei Versatile Routing Platform Software VRP (R) software,Version 5.130 (AR2200 V200R003C00) Copyright (C)",
    "AR2220",
    "5.130 (V200R003C00)",
  ],
  ["ExtremeXOS version 12.5.4.5 v1254b5-patch1-12 by release-manager on Mon", null, "12.5.4.5"],
  ["Cambium cnWave V5000 Distribution Node, Version 1.2.1", "V5000", "1.2.1"],
  ["EdgePoint Switch 16, firmware 1.8.1", "EdgePoint Switch 16", "1.8.1"],
  ["Aruba JL658A  FL.10.08.1010", "JL658A", "FL.10.08.1010"],
  ["ZTE Ethernet Switch  ZXR10 2928-SI, Version: V2.05.11B23, Compiled", "2928-SI", "V2.05.11B23"],
]
for (const [descr, model, version] of DESCR)
  test(`by its description: ${descr.slice(0, 40)}`, () =>
    assert.deepEqual(fromDescr(descr), { model, version }))

test("an unknown sentence is no model, an unknown vendor is null, and LLDP-MED works for any vendor", async () => {
  const at = (descr: string, objectId: string): [string, ReturnType<typeof octets>][] => [
    ["1.3.6.1.2.1.1.1.0", octets(descr)],
    ["1.3.6.1.2.1.1.2.0", oidValue(objectId)],
  ]
  const sentence = "Some switch of the fourth floor with a rather long description of itself"
  assert.deepEqual(await identify(new Map(at(sentence, "1.3.6.1.4.1.99999.1"))), [
    null,
    null,
    null,
    null,
  ])
  assert.deepEqual(await identify(new Map(at("Linux probe 6.1", "1.3.6.1.4.1.8072.3.2.10"))), [
    null,
    null,
    null,
    null,
  ])
  const MED = "1.0.8802.1.1.2.1.5.4795.1.2"
  const med: [string, ReturnType<typeof octets>][] = [
    [`${MED}.4.0`, octets("v3.1")],
    [`${MED}.5.0`, octets("S-1\0\0\0")],
    [`${MED}.6.0`, octets("Example")],
    [`${MED}.7.0`, octets("X-24")],
  ]
  const table = new Map([...med, ...at(sentence, "1.3.6.1.4.1.99999.1")])
  assert.deepEqual(await identify(table), ["Example", "X-24", "3.1", "S-1"])
})

test("a model that is only a number, and a serial number on the backplane", async () => {
  const of = (
    objectId: string,
    ...rows: [string, ReturnType<typeof octets>][]
  ): Promise<IdentityFields> =>
    identify(
      new Map([
        ["1.3.6.1.2.1.1.1.0", octets("")],
        ["1.3.6.1.2.1.1.2.0", oidValue(objectId)],
        ...rows,
      ]),
    )
  assert.deepEqual((await of("1.3.6.1.4.1.43356.1.1.3")).slice(0, 2), ["Mimosa Networks", "A5"])
  assert.deepEqual((await of("1.3.6.1.4.1.2281.1.20.1.3.1.7"))[1], "IP-20G")
  assert.deepEqual((await of("1.3.6.1.4.1.2281.1.20.2.2"))[1], "IP-20C")
  assert.deepEqual(
    (await of("1.3.6.1.4.1.17713.21", ["1.3.6.1.4.1.17713.21.1.1.2.0", integer(37)]))[1],
    "ePMP 3000",
  )
  assert.deepEqual(
    (await of("1.3.6.1.4.1.9.1.185", ["1.3.6.1.4.1.9.3.6.3.0", octets("JAB0612")]))[3],
    "JAB0612",
  )
  const ENTITY = "1.3.6.1.2.1.47.1.1.1.1"
  assert.deepEqual(
    (
      await of(
        "1.3.6.1.4.1.99999",
        [`${ENTITY}.5.1`, integer(3)],
        [`${ENTITY}.5.2`, integer(4)],
        [`${ENTITY}.11.1`, octets("")],
        [`${ENTITY}.11.2`, octets("BP77")],
      )
    )[3],
    "BP77",
  )
})
