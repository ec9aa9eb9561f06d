/**
 * A network namespace per lab, so that a simulated router can fall silent as a real one does.
 *
 *   host                              namespace ispvm-lab-<pid>
 *   appliance's door  10.213.x.y+1 ══ veth ══ 10.213.x.y+2  agent
 *                                      lo: every router's address and the agent's, each a /32
 *
 * Every router binds its own address; dead and unreachable ones are dropped by an nft set (routers/fabric.ts).
 */
import { run } from "./run.ts"

const NAME = /^ispvm-lab-(\d+)$/
const nameOf = (pid: number): string => `ispvm-lab-${pid}`
/** Interface names end after 15 characters. */
const hostSide = (pid: number): string => `ivm${pid}h`
const labSide = (pid: number): string => `ivm${pid}n`

export type ManagementLink = { readonly hostAddress: string; readonly agentAddress: string }

/** One of 16,384 /30 networks below 10.213.0.0/16: the same for the same key, so that an enrolled agent finds its way home again. */
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

/** Ends what still runs in a namespace, by id, and removes it with its way home. */
const remove = async (name: string): Promise<void> => {
  const pids = await run("ip", ["netns", "pids", name]).catch(() => "")
  for (const pid of pids.split(/\s+/).filter(Boolean).map(Number)) {
    try {
      process.kill(pid, "SIGKILL")
    } catch {
      // It ended by itself meanwhile.
    }
  }
  // By itself the pair goes only when the kernel gets round to the namespace, which may be after the next start.
  await run("ip", ["link", "delete", hostSide(Number(NAME.exec(name)?.[1]))]).catch(() => undefined)
  await run("ip", ["netns", "delete", name]).catch(() => undefined)
}

/** Namespaces of labs whose process is gone; gives their names. */
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

  /** Puts every address on the namespace's own loopback, and the way home beside it. */
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
      // What routers send out of the lab leaves under the address at its edge: the host needs no routes to made-up networks.
      await run(
        "ip",
        [...namespace.commandPrefix.slice(1), "nft", "-f", "-"],
        natRules(labSide(pid)),
      )
      // The agent may ping without rights of its own (one more trap of namespaces: the range starts out empty).
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

  /** Words to put before a command so that it runs inside; the process keeps its id. */
  get commandPrefix(): readonly string[] {
    return ["ip", "netns", "exec", this.name]
  }

  /** Cuts or mends the agent's way home. */
  setManagementPath(up: boolean): Promise<unknown> {
    return run("ip", ["link", "set", this.#host, up ? "up" : "down"])
  }

  remove(): Promise<void> {
    return remove(this.name)
  }
}
