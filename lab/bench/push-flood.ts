/**
 * A router that floods, in a worker thread: pushes at up to a given rate. Each connection is used
 * until the appliance closes it. Sends from its own address, as a router does.
 */
import { connect as connectPlain } from "node:net"
import { connect } from "node:tls"
import { parentPort, workerData } from "node:worker_threads"

export type FloodPlan = {
  readonly port: number
  readonly ca: string
  readonly key: string
  readonly address: string
  readonly aSecond: number
  readonly forMs: number
}
/**
 * `requested`: requests that were due; `sent`: those that were sent; `refusedConnections`: those
 * closed before TLS.
 */
export type FloodResult = {
  readonly requested: number
  readonly sent: number
  readonly accepted: number
  readonly refusedConnections: number
}

/** Requests per connection. */
const REQUESTS_PER_CONNECTION = 100
const result = { requested: 0, sent: 0, accepted: 0, refusedConnections: 0 }

/** Made once, so that the flood costs this machine little. */
const makeRequests = (key: string): string => {
  const head = [
    "POST /push/v1 HTTP/1.1",
    "host: x",
    `authorization: Bearer ${key}`,
    "content-type: application/json",
    "",
  ].join("\r\n")
  const requests = Array.from({ length: REQUESTS_PER_CONNECTION }, (_, index) => {
    const item = {
      seq: index + 1,
      up: "1h",
      kind: "link",
      name: "ether1",
      state: index % 2 === 0 ? "down" : "up",
    }
    const push = {
      v: 1,
      queue: "watch",
      boot: "flood",
      up: "1h",
      clock: "2024-03-01 00:00:00",
      gmt: "0",
      lost: 0,
      items: [item],
    }
    const body = JSON.stringify(push)
    return `${head}content-length: ${body.length}\r\n\r\n${body}`
  })
  return requests.join("")
}

const sendRequests = ({ port, ca, address }: FloodPlan, requests: string): Promise<void> =>
  new Promise((resolve) => {
    let isOpen = false
    let received = ""
    // A separate TCP connection, because TLS connections take no local address.
    const plain = connectPlain({ host: "127.0.0.1", port, localAddress: address })
    plain.on("error", () => undefined)
    const socket = connect({ socket: plain, ca, servername: "localhost" })
    socket.on("error", () => undefined)
    socket.on("secureConnect", () => {
      isOpen = true
      socket.write(requests)
      result.sent += REQUESTS_PER_CONNECTION
    })
    socket.on("data", (chunk) => {
      received += chunk
    })
    socket.setTimeout(5_000, () => socket.destroy())
    socket.on("close", () => {
      result.accepted += received.split("HTTP/1.1 200").length - 1
      if (!isOpen) result.refusedConnections += 1
      resolve()
    })
  })

const flood = async (plan: FloodPlan): Promise<void> => {
  const requests = makeRequests(plan.key)
  const began = performance.now()
  const running = new Set<Promise<void>>()
  for (;;) {
    const elapsedMs = performance.now() - began
    if (elapsedMs >= plan.forMs) break
    while (result.requested < (plan.aSecond * elapsedMs) / 1_000 && running.size < 64) {
      result.requested += REQUESTS_PER_CONNECTION
      const one: Promise<void> = sendRequests(plan, requests).finally(() => running.delete(one))
      running.add(one)
    }
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await Promise.all(running)
  parentPort?.postMessage(result)
}

if (parentPort !== null) await flood(workerData)
