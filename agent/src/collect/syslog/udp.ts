/** The UDP socket of the syslog receiver. */
import dgram from "node:dgram"

/** Linux clamps it silently to net.core.rmem_max. */
const RECEIVE_BYTES = 4 * 1024 * 1024
/** 514 is what routers send to; below 1024 a port needs a right that not every agent has. */
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

/** The first of the ports that can be had; `message` says why the ones before could not. */
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
