/**
 * The routers' process: started by the lab, inside its namespace where there is one; takes commands
 * over IPC.
 */
import { z } from "zod"
import type { Topology } from "../topology.ts"
import { readTopology } from "../topology-file.ts"
import { identityOf } from "./certificate.ts"
import { addressIn, IpcRequest, type IpcResponse, RoutersConfig } from "./config.ts"
import { loopbackFabric, nftFabric } from "./fabric.ts"
import { fixedServiceConfig, RouterHost } from "./host.ts"
import { Network } from "./network.ts"
import { readReplays, replayBackend } from "./replay.ts"

const send = (response: IpcResponse): void => {
  if (process.connected) process.send?.(response)
}
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
/**
 * Why the sockets cannot be opened. In a namespace no other program can have them; loopback
 * addresses belong to the whole machine.
 */
const startError = (error: unknown, mode: RoutersConfig["mode"]): string => {
  const isAddressInUse = error instanceof Error && "code" in error && error.code === "EADDRINUSE"
  if (!isAddressInUse || mode !== "loopback") return textOf(error)
  return `another loopback lab already uses these addresses, and a machine has room for one: stop the other first (${error.message})`
}

const replayHosts = (config: RoutersConfig, topology: Topology): RouterHost[] =>
  readReplays(config.recordingsDir).map((replay) => {
    const { name } = replay.plan
    const address = addressIn(config.mode, replay.plan.address)
    const { username, password, community } = topology.access
    return new RouterHost(
      {
        address,
        ports: config.ports,
        backend: replayBackend(replay, [{ name: username, password, policies: ["read", "api"] }]),
        serviceConfig: fixedServiceConfig({
          ports: config.ports,
          community,
          mib: replay.mib,
          identity: identityOf(config.certificatesDir, name, address, Date.now()),
        }),
      },
      Date.now,
    )
  })

const run = async (config: RoutersConfig): Promise<void> => {
  const topology = readTopology(config.topology)
  const fabric = config.mode === "namespace" ? nftFabric() : loopbackFabric()
  const replays = replayHosts(config, topology)
  const network = new Network(
    { ...config, topology, replays, addressOf: (a) => addressIn(config.mode, a) },
    fabric,
    Date.now,
  )
  await network.start()

  const stop = (): void => {
    network.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(textOf(error))
        process.exit(1)
      },
    )
  }
  process.on("message", (message) => {
    const request = IpcRequest.safeParse(message)
    if (!request.success) return
    const { id } = request.data
    const done =
      "console" in request.data
        ? network.console(request.data.console)
        : network.command(request.data.command).then(() => null)
    done.then(
      (answer) => send({ id, ok: true, state: network.state, answer }),
      (error: unknown) => send({ id, ok: false, message: textOf(error), state: network.state }),
    )
  })
  process.on("disconnect", stop)
  process.on("SIGTERM", stop)
  // Ctrl-C reaches the whole group; the parent decides when the routers end.
  process.on("SIGINT", () => undefined)
  send({ ready: true })
}

const config = RoutersConfig.safeParse(JSON.parse(process.argv[2] ?? "null"))
if (!config.success) {
  console.error(
    `the routers are started by the lab (npm run lab -- up)\n${z.prettifyError(config.error)}`,
  )
  process.exit(2)
}
run(config.data).catch((error: unknown) => {
  console.error(startError(error, config.data.mode))
  process.exit(1)
})
