/**
 * The network between agent and routers: which routers are cut off, and the random loss. One of two
 * kinds, by the lab's mode.
 */
import { spawn } from "node:child_process"

export type Fabric = {
  /** Takes effect before it resolves. `silent` are addresses. */
  apply(
    unreachable: readonly string[],
    lossRatio: number,
    /** By address: the share of the packets to it that are lost on the way. */
    losses?: ReadonlyMap<string, number>,
  ): Promise<void>
}
const NO_LOSSES: ReadonlyMap<string, number> = new Map()
const perMyriadOf = (ratio: number): number => Math.round(Math.min(1, Math.max(0, ratio)) * 10_000)

/** Rules for nft in the lab's namespace; each `apply` is one transaction. */
export const nftScript = (
  unreachable: readonly string[],
  lossRatio: number,
  losses: ReadonlyMap<string, number> = NO_LOSSES,
): string => {
  const perMyriad = perMyriadOf(lossRatio)
  // All of the lab's traffic crosses `lo` once in each direction, so one rule there drops requests
  // and replies alike. Only prerouting drops: a drop in the output hook would give the sender
  // EPERM, and a dead router sends nothing at all.
  return [
    "add table ip ispvm_lab",
    "add set ip ispvm_lab silent { type ipv4_addr; }",
    "add chain ip ispvm_lab pre { type filter hook prerouting priority raw; policy accept; }",
    "flush chain ip ispvm_lab pre",
    "flush set ip ispvm_lab silent",
    ...(unreachable.length === 0
      ? []
      : [`add element ip ispvm_lab silent { ${unreachable.join(", ")} }`]),
    "add rule ip ispvm_lab pre ip daddr @silent drop",
    "add rule ip ispvm_lab pre ip saddr @silent drop",
    ...(perMyriad === 0
      ? []
      : [`add rule ip ispvm_lab pre iif lo numgen random mod 10000 < ${perMyriad} drop`]),
    ...[...losses].map(
      ([address, ratio]) =>
        `add rule ip ispvm_lab pre iif lo ip daddr ${address} numgen random mod 10000 < ${perMyriadOf(ratio)} drop`,
    ),
    "",
  ].join("\n")
}

export const nftFabric = (): Fabric => ({
  apply: (unreachable, lossRatio, losses) =>
    new Promise((resolve, reject) => {
      const nft = spawn("nft", ["-f", "-"], { stdio: ["pipe", "ignore", "pipe"] })
      let stderr = ""
      nft.stderr.on("data", (bytes: Buffer) => {
        stderr += bytes.toString()
      })
      nft.once("error", reject)
      nft.once("close", (code) =>
        code === 0
          ? resolve()
          : reject(new Error(`nft refused the rules of the lab: ${stderr.trim()}`)),
      )
      nft.stdin.on("error", () => undefined)
      nft.stdin.end(nftScript(unreachable, lossRatio, losses))
    }),
})

/**
 * Without root no packets can be dropped: hosts close their sockets instead, and there is no loss.
 */
export const loopbackFabric = (): Fabric => ({
  apply: async (_, lossRatio, losses = NO_LOSSES) => {
    if (lossRatio > 0 || losses.size > 0)
      throw new Error("loss needs the namespace mode: run the lab as root on Linux")
  },
})
