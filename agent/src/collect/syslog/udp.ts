/** The UDP socket of the syslog receiver. */
import dgram from "node:dgram"

/** Linux limits it to net.core.rmem_max without an error; `udp-watch.ts` reads what it granted. */
export const RECEIVE_BYTES = 4 * 1024 * 1024
/** Routers send to 514; ports below 1024 need a privilege that not every agent has. */
export const FALLBACK_PORTS = [514, 5514]

const bindOne = (port: number, bind: string): Promise<dgram.Socket> =>
  new Promise((resolve, reject) => {
    const socket = dgram.createSocket({
      type: bind.includes(":") ? "udp6" : "udp4",
      recvBufferSize: RECEIVE_BYTES,
    })
    socket.once("error", (error) => {
      socket.close()
      reject(error)
    })
    socket.bind(port, bind, () => {
      socket.removeAllListeners("error")
      resolve(socket)
    })
  })

/** Binds the first available port; `message` is why the ones before failed. */
export const bindFirst = async (
  ports: readonly number[],
  bind: string,
): Promise<{ readonly socket: dgram.Socket | null; readonly message: string }> => {
  let message = ""
  for (const port of ports) {
    try {
      return { socket: await bindOne(port, bind), message }
    } catch (error) {
      message ||= error instanceof Error ? error.message : String(error)
    }
  }
  return { socket: null, message }
}
