/** What notifications mean: one table by OID. More vendors are more rows. */
import type { Event, LogMeaning } from "@ispvm/wire"

type Row = {
  readonly oid: string
  readonly name: Event["name"] | LogMeaning
  readonly severity: Event["severity"]
  /** For people, without the device. */
  readonly text: string
  /** `ifIndex`: a varbind or the last number of one names an interface. */
  readonly about?: "interface"
  readonly attributes?: Readonly<Record<string, string>>
}
const row = (
  oid: string,
  name: Row["name"],
  severity: Row["severity"],
  text: string,
  more: Pick<Row, "about" | "attributes"> = {},
): Row => ({ oid, name, severity, text, ...more })

const BGP = { attributes: { protocol: "bgp" } }
const OSPF = { attributes: { protocol: "ospf" } }
const GENERIC = "1.3.6.1.6.3.1.1.5"
const MIB2 = "1.3.6.1.2.1"
const ENTERPRISES = "1.3.6.1.4.1"

const ROWS: readonly Row[] = [
  row(`${GENERIC}.1`, "rebooted", "warning", "cold start"),
  row(`${GENERIC}.2`, "service-up", "info", "warm start of the SNMP agent"),
  row(`${GENERIC}.3`, "link-down", "warning", "link down", { about: "interface" }),
  row(`${GENERIC}.4`, "link-up", "info", "link up", { about: "interface" }),
  row(`${GENERIC}.5`, "snmp-rejected", "warning", "SNMP request with wrong credentials"),
  row(`${GENERIC}.6`, "peer-down", "warning", "EGP neighbour lost", {
    attributes: { protocol: "egp" },
  }),
  // BGP4-MIB, in both forms that are in use.
  row(`${MIB2}.15.7.1`, "peer-up", "info", "BGP session established", BGP),
  row(`${MIB2}.15.7.2`, "peer-down", "warning", "BGP session left established", BGP),
  row(`${MIB2}.15.0.1`, "peer-up", "info", "BGP session established", BGP),
  row(`${MIB2}.15.0.2`, "peer-down", "warning", "BGP session left established", BGP),
  // OSPF-TRAP-MIB, OSPFV3-MIB: the state decides (`trap-event.ts`).
  row(`${MIB2}.14.16.2.2`, "peer-step", "info", "OSPF neighbour changed state", OSPF),
  row(`${MIB2}.14.16.2.16`, "route-changed", "info", "OSPF interface changed state"),
  row(`${MIB2}.14.16.2.6`, "routing-problem", "warning", "OSPF authentication failed"),
  row(`${MIB2}.14.16.2.4`, "routing-problem", "warning", "OSPF configuration does not match"),
  row(`${MIB2}.191.0.2`, "peer-step", "info", "OSPF neighbour changed state", OSPF),
  // ENTITY-MIB, ENTITY-STATE-MIB, ENTITY-SENSOR.
  row(`${MIB2}.47.2.0.1`, "health-problem", "info", "hardware configuration changed"),
  row(`${MIB2}.131.0.1`, "health-ok", "info", "hardware component enabled"),
  row(`${MIB2}.131.0.2`, "health-problem", "warning", "hardware component disabled"),
  row(`${ENTERPRISES}.9.9.91.2.0.1`, "health-problem", "warning", "sensor over its threshold"),
  // BRIDGE-MIB, VRRP-MIB, VRRPV3-MIB.
  row(`${MIB2}.17.0.1`, "stp-changed", "info", "new root bridge"),
  row(`${MIB2}.17.0.2`, "stp-changed", "info", "spanning tree changed"),
  row(`${MIB2}.68.0.1`, "vrrp-master", "warning", "VRRP: now master"),
  row(`${MIB2}.68.0.2`, "vrrp-problem", "warning", "VRRP authentication failed"),
  row(`${MIB2}.207.0.1`, "vrrp-master", "warning", "VRRP: now master"),
  // UPS-MIB and APC.
  row(`${MIB2}.33.2.1`, "ups-battery", "warning", "UPS on battery"),
  row(`${MIB2}.33.2.2`, "ups-problem", "info", "UPS test completed"),
  row(`${MIB2}.33.2.3`, "ups-problem", "warning", "UPS alarm"),
  row(`${MIB2}.33.2.4`, "ups-mains", "info", "UPS alarm ended"),
  row(`${ENTERPRISES}.318.0.5`, "ups-battery", "warning", "UPS on battery"),
  row(`${ENTERPRISES}.318.0.7`, "ups-problem", "error", "UPS battery low"),
  row(`${ENTERPRISES}.318.0.9`, "ups-mains", "info", "power restored"),
  // PoE (POWER-ETHERNET-MIB), LLDP, MikroTik, Cisco, Juniper, Huawei, net-snmp.
  row(`${MIB2}.105.0.1`, "poe-changed", "info", "PoE port changed"),
  row(`${MIB2}.105.0.2`, "poe-fault", "warning", "PoE power over the threshold"),
  row("1.0.8802.1.1.2.0.0.1", "peer-step", "info", "LLDP neighbours changed"),
  row(`${ENTERPRISES}.14988.1.1.0.1`, "fault", "warning", "MikroTik trap"),
  row(`${ENTERPRISES}.14988.1.0.1`, "fault", "warning", "MikroTik trap"),
  row(`${ENTERPRISES}.9.9.43.2.0.1`, "config-changed", "info", "configuration changed"),
  row(`${ENTERPRISES}.9.9.13.3.0.3`, "health-problem", "warning", "temperature notification"),
  row(`${ENTERPRISES}.9.9.13.3.0.4`, "health-problem", "warning", "fan notification"),
  row(`${ENTERPRISES}.9.9.13.3.0.5`, "health-problem", "warning", "power supply notification"),
  row(`${ENTERPRISES}.9.9.117.2.0.2`, "health-problem", "warning", "power changed"),
  row(`${ENTERPRISES}.9.9.187.0.1`, "peer-up", "info", "BGP session established", BGP),
  row(`${ENTERPRISES}.9.9.187.0.2`, "peer-down", "warning", "BGP session left established", BGP),
  row(`${ENTERPRISES}.2636.4.1.1`, "health-problem", "warning", "power supply failure"),
  row(`${ENTERPRISES}.2636.4.1.2`, "health-problem", "warning", "fan failure"),
  row(`${ENTERPRISES}.2636.4.1.3`, "health-problem", "warning", "over temperature"),
  row(`${ENTERPRISES}.2636.4.2.1`, "health-ok", "info", "power supply is well again"),
  row(`${ENTERPRISES}.2636.4.2.2`, "health-ok", "info", "fan is well again"),
  row(`${ENTERPRISES}.2636.4.2.3`, "health-ok", "info", "temperature is well again"),
  row(
    `${ENTERPRISES}.2011.5.25.129.2.2.1`,
    "health-problem",
    "warning",
    "temperature over its threshold",
  ),
  row(`${ENTERPRISES}.8072.4.0.1`, "service-up", "info", "SNMP agent started"),
  row(`${ENTERPRISES}.8072.4.0.2`, "service-down", "warning", "SNMP agent stopped"),
  row(`${ENTERPRISES}.8072.4.0.3`, "service-step", "info", "SNMP agent restarted"),
]
const BY_OID: ReadonlyMap<string, Row> = new Map(ROWS.map((each) => [each.oid, each]))

/** v1 and v2 forms differ by a zero before the last number. */
export const trapMeaning = (oid: string): Row | null =>
  BY_OID.get(oid) ?? BY_OID.get(oid.replace(/\.0\.(\d+)$/, ".$1")) ?? null
