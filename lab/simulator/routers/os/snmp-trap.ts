/**
 * Traps of a configured router: `/snmp` says where to, of what and in which version. RouterOS sends
 * linkDown and linkUp of IF-MIB where `trap-generators` has `interfaces`, and coldStart where it has
 * `start-trap`; traps of version 3 are not simulated.
 */
import { integer, oid, oidOf, TAG, wrap } from "../ber.ts"
import type { Port } from "../port.ts"
import { type Binding, encodeBinding, encodeValue, type Value } from "../snmp-message.ts"
import type { RouterOs } from "./os.ts"

export type TrapDatagram = { readonly address: string; readonly bytes: Buffer }
/** Numbers of the generic traps (RFC 1157); in version 2 they are one higher, and the end of an OID. */
const GENERIC = { coldStart: 0, linkDown: 2, linkUp: 3 } as const
type Kind = keyof typeof GENERIC

const TRAP_V1 = 0xa4
const TRAP_V2 = 0xa7
const SYS_UPTIME = oidOf("1.3.6.1.2.1.1.3.0")
const TRAP_OID = oidOf("1.3.6.1.6.3.1.1.4.1.0")
const TRAP_ROOT = oidOf("1.3.6.1.6.3.1.1.5")
const ENTERPRISE = oidOf("1.3.6.1.4.1.14988.1")
const IF_ENTRY = "1.3.6.1.2.1.2.2.1"
const MS_PER_TICK = 10

const int = (value: number): Value => ({ kind: "integer", value })
const bindingsOf = ({ plan, running, disabled }: Port): readonly Binding[] =>
  (
    [
      [1, plan.index],
      [7, disabled ? 2 : 1],
      [8, running ? 1 : 2],
    ] as const
  ).map(([column, value]) => ({
    oid: oidOf(`${IF_ENTRY}.${column}.${plan.index}`),
    value: int(value),
  }))

const messageOf = (os: RouterOs, kind: Kind, bindings: readonly Binding[]): Buffer => {
  const single = (name: string): string => os.store.single("/snmp", name)
  const community = wrap(TAG.octets, Buffer.from(single("trap-community"), "latin1"))
  const uptime: Value = {
    kind: "timeTicks",
    value: Math.floor(os.router.uptimeMs(os.now()) / MS_PER_TICK),
  }
  if (single("trap-version") !== "2") {
    const address = Buffer.from(os.router.spec.address.split(".").map(Number))
    const list = wrap(TAG.sequence, ...bindings.map(encodeBinding))
    const fields = [
      ...[oid(ENTERPRISE), wrap(TAG.ipAddress, address)],
      ...[integer(GENERIC[kind]), integer(0), encodeValue(uptime), list],
    ]
    return wrap(TAG.sequence, integer(0), community, wrap(TRAP_V1, ...fields))
  }
  const all: readonly Binding[] = [
    { oid: SYS_UPTIME, value: uptime },
    { oid: TRAP_OID, value: { kind: "oid", value: [...TRAP_ROOT, GENERIC[kind] + 1] } },
    ...bindings,
  ]
  const list = wrap(TAG.sequence, ...all.map(encodeBinding))
  const id = integer(Math.floor(os.now()) & 0x7fff_ffff)
  return wrap(TAG.sequence, integer(1), community, wrap(TRAP_V2, id, integer(0), integer(0), list))
}

const trapOf = (
  os: RouterOs,
  generator: "interfaces" | "start-trap",
  kind: Kind,
  bindings: readonly Binding[],
): readonly TrapDatagram[] => {
  const { values } = os.store.one("/snmp")
  const generators = (values.get("trap-generators") ?? "").split(",")
  if (values.get("enabled") !== "true" || !generators.includes(generator)) return []
  const bytes = messageOf(os, kind, bindings)
  return (values.get("trap-target") ?? "")
    .split(",")
    .filter((address) => address !== "" && address !== "0.0.0.0")
    .map((address) => ({ address, bytes }))
}

/** Where a port went up or down: one for each target. */
export const portTraps = (os: RouterOs, port: Port): readonly TrapDatagram[] =>
  trapOf(os, "interfaces", port.running ? "linkUp" : "linkDown", bindingsOf(port))

export const startTraps = (os: RouterOs): readonly TrapDatagram[] =>
  trapOf(os, "start-trap", "coldStart", [])
