/** Checks ports before they are used, and finds free ones. */
import { createServer } from "node:net"

const tryListen = (address: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(port, address, () => {
      const bound = server.address()
      server.close(() => resolve(typeof bound === "object" && bound !== null ? bound.port : port))
    })
  })

/** Null where the port is free, otherwise a sentence that names it. */
export const portError = async (
  address: string,
  port: number,
  remedy: string,
): Promise<string | null> => {
  try {
    await tryListen(address, port)
    return null
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : ""
    if (code === "EADDRINUSE")
      return `port ${port} on ${address} is in use by another program; ${remedy}`
    return `port ${port} on ${address} cannot be opened (${code}); ${remedy}`
  }
}

export const freePort = (): Promise<number> => tryListen("127.0.0.1", 0)
