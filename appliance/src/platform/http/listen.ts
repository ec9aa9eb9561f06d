/** A server takes its address and port, or one sentence says why it cannot and what to do. */
import { once } from "node:events"
import { createServer, type Server } from "node:net"

export type Address = {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** How the sentence begins, up to "on": "The UI cannot be served". */
  readonly errorPrefix: string
  /** The settings that choose them. */
  readonly portSetting: string
  readonly hostSetting: string
}

/** Gives the port it has taken. */
export const listen = async (server: Server, address: Address): Promise<number> => {
  const { host, port, errorPrefix, portSetting, hostSetting } = address
  try {
    server.listen(port, host)
    await once(server, "listening")
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown"
    const why: Readonly<Record<string, string>> = {
      EADDRINUSE: `another program uses it; stop that one, or choose another port with ${portSetting}`,
      EADDRNOTAVAIL: `this machine has no such address; see ${hostSetting}`,
      ENOTFOUND: `there is no host of that name; see ${hostSetting}`,
      EACCES: `this user may not use ports below 1024; choose another with ${portSetting}`,
    }
    throw new Error(`${errorPrefix} on ${host} port ${port}: ${why[code] ?? code}.`, { cause })
  }
  const bound = server.address()
  return typeof bound === "object" && bound !== null ? bound.port : port
}

/** Takes all of them at once, so that two that want the same are found too, and lets go of them. */
export const checkFree = async (addresses: readonly Address[]): Promise<void> => {
  const servers: Server[] = []
  try {
    for (const address of addresses) {
      const server = createServer((socket) => socket.destroy())
      await listen(server, address)
      servers.push(server)
    }
  } finally {
    for (const server of servers) {
      const closed = once(server, "close")
      server.close()
      await closed
    }
  }
}
