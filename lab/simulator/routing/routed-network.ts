/**
 * FRR for every router of a topology, each in a network namespace of its own, with a pair of
 * virtual Ethernet ports per link.
 *
 *   ispvm-lab-PID      agent  ══ agent │ ispvm-frr-PID-3   FRR of ist-core-1 │ sfp-sfpplus3 ══ …
 *   ispvm-frr-PID-p    services of all routers, each behind the port `mgmt` of its own FRR
 *
 * Packets of the agent take the routes that FRR has found. Everything is removed when this process
 * ends, by whatever means: a shell waits for the end of its standard input.
 */
import { spawn } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { namespaceError } from "../netns.ts"
import { run } from "../run.ts"
import type { Topology } from "../topology.ts"
import { AGENT_PORT, type Daemon, frrConfig, kernelRoutes, SERVICE_PORT } from "./frr-config.ts"
import { planRouting, type RoutedRouter } from "./routing-plan.ts"

export const FRR_FOLDER = "/usr/lib/frr"
const MAX_PARALLEL = 4
/** First table of the policy routes in the namespace of the services. */
const FIRST_TABLE = 100

/** Null where FRR can run here, otherwise why not. */
export const frrError = (): string | null => {
  const namespaces = namespaceError()
  if (namespaces !== null) return namespaces
  const missing = ["zebra", "ospfd", "bgpd", "bfdd"].some(
    (daemon) => !existsSync(join(FRR_FOLDER, daemon)),
  )
  return missing ? "FRR is missing (apt-get install frr)" : null
}

export type RoutedPlan = {
  readonly topology: Topology
  readonly hasBfd: boolean
  /** The namespace in which the agent runs. */
  readonly agentNamespace: string
}

/** The words of the shell that cleans up. */
const CLEANER = `trap "" HUP INT TERM
cat > /dev/null
for name in $(ip netns list | cut -d' ' -f1 | grep "^$1") "$3"; do
  for pid in $(ip netns pids "$name"); do kill -9 "$pid"; done
  ip netns delete "$name"
done
rm -rf "$2"`

export type Cleaner = { readonly clean: () => Promise<void> }

/** Removes namespaces, their processes and the folder on demand, and when this process is gone. */
export const startCleaner = (prefix: string, folder: string, other: string): Cleaner => {
  const shell = spawn("sh", ["-c", CLEANER, "sh", prefix, folder, other], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  })
  const cleaned = new Promise<void>((resolve) => shell.once("close", () => resolve()))
  shell.stdin.on("error", () => undefined)
  return {
    clean: async () => {
      shell.stdin.end()
      await cleaned
    },
  }
}

const SYSCTLS = [
  "net/ipv4/ip_forward=1",
  "net/ipv4/conf/all/rp_filter=0",
  "net/ipv4/conf/default/rp_filter=0",
  "net/ipv6/conf/all/disable_ipv6=1",
  "net/ipv6/conf/default/disable_ipv6=1",
]
export const sysctlScript = SYSCTLS.map((each) => {
  const [name = "", value = ""] = each.split("=")
  return `echo ${value} > /proc/sys/${name} || exit 1`
}).join("\n")

export class RoutedNetwork {
  readonly prefix: string
  readonly folder: string
  readonly routers: readonly RoutedRouter[]
  readonly #plan: RoutedPlan
  readonly #cleaner: Cleaner

  private constructor(plan: RoutedPlan) {
    this.#plan = plan
    this.prefix = `ispvm-frr-${process.pid}-`
    this.folder = mkdtempSync(join(tmpdir(), "ispvm-frr-"))
    this.routers = planRouting(plan.topology)
    this.#cleaner = startCleaner(this.prefix, this.folder, plan.agentNamespace)
  }

  static async start(plan: RoutedPlan): Promise<RoutedNetwork> {
    const network = new RoutedNetwork(plan)
    try {
      await network.#make()
      return network
    } catch (error) {
      await network.stop()
      throw error
    }
  }

  /** The namespace of the simulated services. */
  get services(): string {
    return `${this.prefix}p`
  }

  namespaceOf(router: RoutedRouter): string {
    return `${this.prefix}${router.number}`
  }

  async stop(): Promise<void> {
    await this.#cleaner.clean()
  }

  async #make(): Promise<void> {
    const all = [this.services, ...this.routers.map((router) => this.namespaceOf(router))]
    await run("ip", ["-batch", "-"], all.map((name) => `netns add ${name}\n`).join(""))
    // A number for each, by which the kernel reports changes of its ports to the services; before
    // the first port that connects them, which would give it any.
    await this.#inside(this.services, [
      batch(this.routers.map((each) => `netns set ${this.namespaceOf(each)} ${each.number}`)),
    ])
    await run("ip", ["-batch", "-"], `${this.#ports().join("\n")}\n`)
    await this.#inside(this.services, [
      sysctlScript,
      batch(this.#serviceCommands()),
      "nft -f - <<'END'",
      ...this.#natRules(),
      "END",
    ])
    await this.#inside(this.#plan.agentNamespace, [
      "echo 1 > /proc/sys/net/ipv4/ip_forward",
      "echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter",
      batch([
        `link set ${AGENT_PORT} up`,
        `route add 10.0.0.0/8 via 169.254.1.1 dev ${AGENT_PORT} onlink`,
        `route add 172.16.0.0/12 via 169.254.1.1 dev ${AGENT_PORT} onlink`,
      ]),
    ])
    const queue = this.routers.values()
    const worker = async (): Promise<void> => {
      for (const router of queue) await this.#startRouter(router)
    }
    await Promise.all(Array.from({ length: MAX_PARALLEL }, worker))
  }

  #inside(namespace: string, lines: readonly string[]): Promise<string> {
    return run("ip", ["netns", "exec", namespace, "sh", "-e"], `${lines.join("\n")}\n`)
  }

  #ports(): readonly string[] {
    const names = new Map(this.routers.map((router) => [router.name, this.namespaceOf(router)]))
    const links = this.#plan.topology.links.flatMap(({ a, b }) => {
      const [one, other] = [names.get(a.router), names.get(b.router)]
      if (one === undefined || other === undefined) return []
      return [`link add name ${a.port} netns ${one} type veth peer name ${b.port} netns ${other}`]
    })
    const services = this.routers.map(
      (router) =>
        `link add name p${router.number} netns ${this.services} type veth peer name ${SERVICE_PORT} netns ${this.namespaceOf(router)}`,
    )
    const at = names.get(this.#plan.topology.agent.at)
    if (at === undefined) throw new Error("the agent is connected to a router without routing")
    const agent = `link add name ${AGENT_PORT} netns ${this.#plan.agentNamespace} type veth peer name ${AGENT_PORT} netns ${at}`
    return [...links, ...services, agent]
  }

  /** Each router's packets leave by its own FRR: the source address decides. */
  #serviceCommands(): readonly string[] {
    return [
      "link set lo up",
      ...this.routers.flatMap(({ number, address }) => [
        `address add ${address}/32 dev p${number}`,
        `link set p${number} up`,
        `route add default via 169.254.0.1 dev p${number} onlink table ${FIRST_TABLE + number}`,
        `rule add from ${address}/32 lookup ${FIRST_TABLE + number}`,
      ]),
      // A socket that is bound to an address only needs some route to find its rule.
      ...this.routers
        .slice(0, 1)
        .map(({ number }) => `route add default via 169.254.0.1 dev p${number} onlink`),
      ...this.#customers().flatMap(({ address, behind }) => [
        `address add ${address}/32 dev lo`,
        `rule add from ${address}/32 lookup ${FIRST_TABLE + behind}`,
      ]),
    ]
  }

  /** Routers of customers, behind the address of the router to which their line goes. */
  #customers(): readonly { readonly address: string; readonly behind: number }[] {
    const routed = new Map(this.routers.map(({ name, number }) => [name, number]))
    const { links, routers } = this.#plan.topology
    return routers.flatMap(({ name, address }) => {
      if (routed.has(name)) return []
      const link = links.find(({ a, b }) => a.router === name || b.router === name)
      const behind = routed.get((link?.a.router === name ? link.b : link?.a)?.router ?? "")
      return behind === undefined ? [] : [{ address, behind }]
    })
  }

  #natRules(): readonly string[] {
    return [
      "add table ip ispvm_nat",
      "add chain ip ispvm_nat post { type nat hook postrouting priority srcnat; policy accept; }",
      ...this.#customers().map(
        ({ address, behind }) =>
          `add rule ip ispvm_nat post ip saddr ${address} oifname "p${behind}" masquerade`,
      ),
    ]
  }

  async #startRouter(router: RoutedRouter): Promise<void> {
    const folder = join(this.folder, String(router.number))
    const { agent } = this.#plan.topology
    const options = {
      hasBfd: this.#plan.hasBfd,
      agentAddress: agent.at === router.name ? agent.address : null,
    }
    mkdirSync(folder, { mode: 0o755 })
    const configs = frrConfig(router, folder, options)
    for (const [daemon, text] of configs) writeFileSync(join(folder, `${daemon}.conf`), text)
    await run("chown", ["-R", "frr:frr", folder])
    await run("chmod", ["755", this.folder])
    await this.#inside(this.namespaceOf(router), [
      sysctlScript,
      batch([
        "link set lo up",
        `address add ${router.routerId}/32 dev lo`,
        `link set ${SERVICE_PORT} up`,
        `address add 169.254.0.1/32 dev ${SERVICE_PORT}`,
        ...router.interfaces.flatMap(({ port, address }) => [
          `address add ${address}/30 dev ${port}`,
          `link set ${port} up`,
        ]),
        ...(options.agentAddress === null
          ? []
          : [`address add 169.254.1.1/32 dev ${AGENT_PORT}`, `link set ${AGENT_PORT} up`]),
        ...kernelRoutes(router, options).map((each) => `route add ${each}`),
      ]),
      ...[...configs.keys()].map((daemon) => startDaemon(folder, daemon)),
    ])
  }
}

const batch = (commands: readonly string[]): string =>
  `ip -batch - <<'END'\n${commands.join("\n")}\nEND`

const startDaemon = (folder: string, daemon: Daemon): string =>
  [
    // A packet each 200 ms, on a machine that has other work too.
    `nice -n -5 ${join(FRR_FOLDER, daemon)}`,
    "-d -u frr -g frr -P 0",
    `-f ${folder}/${daemon}.conf -i ${folder}/${daemon}.pid`,
    `-z ${folder}/zserv.api --vty_socket ${folder}`,
    daemon === "bfdd" ? `--bfdctl ${folder}/bfdd.sock` : "",
    "> /dev/null 2>&1",
  ].join(" ")

/** Namespaces and folders of FRR that a process left behind; for tests. */
export const leftBehind = async (pid: number): Promise<readonly string[]> =>
  (await run("ip", ["netns", "list"]))
    .split("\n")
    .map((line) => line.split(" ")[0] ?? "")
    .filter((name) => name.startsWith(`ispvm-frr-${pid}-`))
