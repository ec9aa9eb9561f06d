/**
 * FRR by AgentX: the agent polls snmpd, whose BGP and OSPF tables are those of two FRR routers,
 * while the line between them is cut and repaired.
 */
import { existsSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { readBySnmp } from "../recordings/snmp-play.ts"
import { FRR_FOLDER, frrError, startCleaner } from "../simulator/routing/routed-network.ts"
import { run } from "../simulator/run.ts"
import { type Check, compared, eventually, notRun, type Peer } from "./check.ts"
import { SNMPD, startSnmpd } from "./snmpd.ts"

const PEER = "FRR by AgentX"
const MODULE = "/usr/lib/x86_64-linux-gnu/frr/modules/bgpd_snmp.so"
const UP_MS = 90_000

const config = (own: number, other: number, hasAgentX: boolean) => {
  const agentx = hasAgentX ? ["agentx"] : []
  return {
    zebra: [],
    ospfd: [
      ...agentx,
      "interface line",
      " ip ospf network point-to-point",
      " ip ospf area 0",
      " ip ospf hello-interval 1",
      " ip ospf dead-interval 4",
      "router ospf",
      ` ospf router-id 172.31.0.${own}`,
    ],
    bgpd: [
      ...agentx,
      `router bgp 6450${own}`,
      ` bgp router-id 172.31.0.${own}`,
      " no bgp ebgp-requires-policy",
      ` neighbor 172.24.0.${other} remote-as 6450${other}`,
      ` neighbor 172.24.0.${other} timers 1 3`,
      ` neighbor 172.24.0.${other} timers connect 1`,
    ],
  } as const
}

type Side = { readonly namespace: string; readonly folder: string }

const startSide = async (
  { namespace, folder }: Side,
  own: number,
  agentx: string | null,
): Promise<void> => {
  await run("mkdir", ["-p", folder])
  const configs = config(own, 3 - own, agentx !== null)
  for (const [daemon, lines] of Object.entries(configs))
    writeFileSync(join(folder, `${daemon}.conf`), `${lines.join("\n")}\n`)
  // Read by the library of net-snmp in FRR.
  if (agentx !== null) writeFileSync(join(folder, "frr.conf"), `agentxsocket ${agentx}\n`)
  await run("chown", ["-R", "frr:frr", folder])
  const start = Object.keys(configs).map((daemon) =>
    [
      `SNMPCONFPATH=${folder} ${join(FRR_FOLDER, daemon)} -d -u frr -g frr -P 0`,
      `-f ${folder}/${daemon}.conf -i ${folder}/${daemon}.pid`,
      `-z ${folder}/zserv.api --vty_socket ${folder}`,
      agentx !== null && daemon !== "zebra" ? "-M snmp" : "",
      "> /dev/null 2>&1",
    ].join(" "),
  )
  const script = [
    "ip link set lo up",
    "ip link set line up",
    `ip address add 172.24.0.${own}/30 dev line`,
    ...start,
    "",
  ].join("\n")
  await run("ip", ["netns", "exec", namespace, "sh", "-e"], script)
}

type State = { readonly bgp: string; readonly ospf: string }
const UP: State = { bgp: "established", ospf: "full" }

/** By FRR's own words. */
const byFrr = async (folder: string): Promise<State> => {
  const show = (what: string) => run("vtysh", ["--vty_socket", folder, "-c", what]).catch(() => "")
  const bgp = /"state":"(\w+)"/.exec(await show("show ip bgp summary json"))?.[1] ?? "none"
  const ospf = /"nbrState":"(\w+)/.exec(await show("show ip ospf neighbor json"))?.[1] ?? "none"
  return { bgp: bgp.toLowerCase(), ospf: ospf.toLowerCase() }
}

/** By the agent, which reads snmpd. */
const byAgent = async (port: number): Promise<State> => {
  const { samples } = await readBySnmp({ port, community: "word" })
  const of = (kind: string): string => {
    const found = samples.find((sample) => sample.kind === kind)
    return found !== undefined && "state" in found ? String(found.state) : "none"
  }
  return { bgp: of("bgp"), ospf: of("ospf") }
}
const isUp = ({ bgp, ospf }: State): boolean => bgp === UP.bgp && ospf === UP.ospf
const isDown = ({ bgp, ospf }: State): boolean => bgp !== UP.bgp && ospf !== UP.ospf
/** While it is down, which of the other states a session has changes from moment to moment. */
const coarse = (state: State) => ({
  bgp: state.bgp === UP.bgp ? "established" : "not established",
  ospf: state.ospf === UP.ospf ? "full" : "not full",
})

const compareAll = async (sides: readonly [Side, Side], port: number): Promise<Check[]> => {
  const [a, b] = sides
  const checks: Check[] = []
  const steps: readonly (readonly [string, string | null, (state: State) => boolean])[] = [
    ["sessions up", null, isUp],
    ["line cut", "down", isDown],
    ["line repaired", "up", isUp],
    ["line cut again", "down", isDown],
    ["line repaired again", "up", isUp],
  ]
  for (const [what, change, isRight] of steps) {
    if (change !== null) await run("ip", ["-n", b.namespace, "link", "set", "line", change])
    const theirs = await eventually(() => byFrr(a.folder), isRight, UP_MS)
    const ours = await eventually(() => byAgent(port), isRight, 30_000)
    const said = `FRR: ${theirs.bgp}, ${theirs.ospf}; agent: ${ours.bgp}, ${ours.ospf}`
    checks.push(
      compared(
        PEER,
        what,
        { ...coarse(theirs), isRight: true },
        { ...coarse(ours), isRight: isRight(theirs) },
        said,
      ),
    )
  }
  return checks
}

export const agentx: Peer = {
  name: PEER,
  run: async () => {
    const missing =
      frrError() ??
      (existsSync(MODULE) ? null : "FRR's SNMP modules are missing (apt-get install frr-snmp)") ??
      (existsSync(SNMPD) ? null : "snmpd is not installed")
    if (missing !== null) return [notRun(PEER, "BGP and OSPF", missing)]
    const prefix = `ispvm-peers-${process.pid}-`
    const folder = mkdtempSync(join(tmpdir(), "ispvm-agentx-"))
    const cleaner = startCleaner(prefix, folder, `${prefix}a`)
    const socket = join(folder, "agentx")
    const snmpd = await startSnmpd(() => [
      "rocommunity word 127.0.0.1",
      "master agentx",
      `agentXSocket ${socket}`,
      "agentXPerms 777 777",
    ])
    try {
      await run("chmod", ["755", folder])
      const sides = ["a", "b"].map((end) => ({
        namespace: `${prefix}${end}`,
        folder: join(folder, end),
      }))
      const [a, b] = sides
      if (a === undefined || b === undefined) throw new Error("two sides")
      for (const { namespace } of sides) await run("ip", ["netns", "add", namespace])
      const pair = `link add name line netns ${a.namespace} type veth peer name line netns ${b.namespace}\n`
      await run("ip", ["-batch", "-"], pair)
      await eventually(async () => existsSync(socket), Boolean, 20_000)
      await startSide(a, 1, socket)
      await startSide(b, 2, null)
      return await compareAll([a, b], snmpd.port)
    } finally {
      await snmpd.stop()
      await cleaner.clean()
    }
  },
}
