/**
 * A network namespace per lab, so that a simulated router can be silent like a real one.
 *
 *     host                              namespace ispvm-lab-<pid>
 *     agent API         10.213.x.y+1 ══ veth ══ 10.213.x.y+2  agent
 *                                       lo: the addresses of all routers and of the agent, each a /32
 *
 * Every router binds its own address. An nft set drops packets of dead and unreachable routers
 * (routers/fabric.ts).
 */
import { isInstalled, run } from "./run.ts"

/** Null where a namespace can be created, otherwise why not. */
export const namespaceError = (): string | null => {
  if (process.platform !== "linux") return "namespaces exist only on Linux"
  if (process.getuid?.() !== 0) return "namespaces need root"
  if (!isInstalled("ip", ["-V"])) return "ip is missing (apt-get install iproute2)"
  if (!isInstalled("nft", ["--version"])) return "nft is missing (apt-get install nftables)"
  return null
}

const NAME = /^ispvm-lab-(\d+)$/
const nameOf = (pid: number): string => `ispvm-lab-${pid}`
/** Interface names have at most 15 characters. */
const hostSide = (pid: number): string => `ivm${pid}h`
const labSide = (pid: number): string => `ivm${pid}n`

export type ManagementLink = { readonly hostAddress: string; readonly agentAddress: string }

/**
 * One of 16,384 /30 networks in 10.213.0.0/16: the same for the same key, so that an enrolled agent
 * reaches its appliance again.
 */
export const managementLinkFor = (key: string, attempt: number): ManagementLink => {
  let h = 7
  for (const char of key) h = (Math.imul(h, 31) + (char.codePointAt(0) ?? 0)) >>> 0
  const n = (h + attempt) % 16_384
  const at = (host: number) => `10.213.${n >>> 6}.${(n & 63) * 4 + host}`
  return { hostAddress: at(1), agentAddress: at(2) }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}

/** Stops the processes in a namespace, by id, and removes it with its management link. */
const remove = async (name: string): Promise<void> => {
  const pids = await run("ip", ["netns", "pids", name]).catch(() => "")
  for (const pid of pids.split(/\s+/).filter(Boolean).map(Number)) {
    try {
      process.kill(pid, "SIGKILL")
    } catch {
      // It has ended meanwhile.
    }
  }
  // Otherwise the pair disappears only when the kernel cleans up the namespace, which may be after
  // the next start.
  await run("ip", ["link", "delete", hostSide(Number(NAME.exec(name)?.[1]))]).catch(() => undefined)
  await run("ip", ["netns", "delete", name]).catch(() => undefined)
}

/** Removes namespaces of labs whose process is gone; returns their names. */
export const removeStale = async (): Promise<string[]> => {
  const listed = await run("ip", ["netns", "list"]).catch(() => "")
  const stale = listed
    .split("\n")
    .map((line) => line.split(" ")[0] ?? "")
    .filter((name) => {
      const pid = NAME.exec(name)?.[1]
      return pid !== undefined && Number(pid) !== process.pid && !isAlive(Number(pid))
    })
  for (const name of stale) await remove(name)
  return stale
}

const natRules = (out: string): string =>
  [
    "add table ip ispvm_way",
    "add chain ip ispvm_way post { type nat hook postrouting priority srcnat; policy accept; }",
    `add rule ip ispvm_way post oifname "${out}" masquerade`,
    "",
  ].join("\n")

export class Namespace {
  readonly name: string
  readonly managementLink: ManagementLink
  readonly #host: string

  private constructor(pid: number, managementLink: ManagementLink) {
    this.name = nameOf(pid)
    this.managementLink = managementLink
    this.#host = hostSide(pid)
  }

  /** Adds every address to the namespace's own loopback, and creates the management link. */
  static async make(addresses: readonly string[], key: string): Promise<Namespace> {
    const { pid } = process
    await remove(nameOf(pid))
    const usedAddresses = await run("ip", ["-4", "-o", "addr", "show"])
    let managementLink = managementLinkFor(key, 0)
    for (let attempt = 1; usedAddresses.includes(` ${managementLink.hostAddress}/`); attempt++)
      managementLink = managementLinkFor(key, attempt)
    const namespace = new Namespace(pid, managementLink)
    try {
      await run("ip", ["netns", "add", namespace.name])
      const inside = ["-n", namespace.name]
      await run("ip", [
        "link",
        "add",
        namespace.#host,
        "type",
        "veth",
        "peer",
        "name",
        labSide(pid),
        "netns",
        namespace.name,
      ])
      await run("ip", ["addr", "add", `${managementLink.hostAddress}/30`, "dev", namespace.#host])
      await run("ip", ["link", "set", namespace.#host, "up"])
      const commands = [
        "link set lo up",
        ...addresses.map((address) => `address add ${address}/32 dev lo`),
        `address add ${managementLink.agentAddress}/30 dev ${labSide(pid)}`,
        `link set ${labSide(pid)} up`,
      ]
      await run("ip", [...inside, "-batch", "-"], `${commands.join("\n")}\n`)
      // Packets that routers send out of the lab get the address of its edge: the host needs no
      // routes to simulated networks.
      await run(
        "ip",
        [...namespace.commandPrefix.slice(1), "nft", "-f", "-"],
        natRules(labSide(pid)),
      )
      // Lets the agent ping without extra rights (in a new namespace the allowed range is empty).
      await run("ip", [
        "netns",
        "exec",
        namespace.name,
        "sh",
        "-c",
        "echo 0 2147483647 > /proc/sys/net/ipv4/ping_group_range",
      ])
    } catch (error) {
      await remove(namespace.name)
      throw error
    }
    return namespace
  }

  /** Words before a command that make it run inside; the process keeps its id. */
  get commandPrefix(): readonly string[] {
    return ["ip", "netns", "exec", this.name]
  }

  /** Cuts or repairs the management link. */
  setManagementPath(up: boolean): Promise<unknown> {
    return run("ip", ["link", "set", this.#host, up ? "up" : "down"])
  }

  remove(): Promise<void> {
    return remove(this.name)
  }
}
