/**
 * One router gone wild, in a thread of its own: as many pushes as it can, at most so many a second, each connection used until it is
 * hung up on. Sends from an address of its own, as a router would.
 */
import { connect as connectPlain } from "node:net"
import { connect } from "node:tls"
import { parentPort, workerData } from "node:worker_threads"

export type FloodOrder = {
  readonly port: number
  readonly ca: string
  readonly key: string
  readonly address: string
  readonly aSecond: number
  readonly forMs: number
}
/** `asked`: requests it meant to send; `sent`: those that went out; `hungUp`: connections refused before TLS. */
export type FloodTold = { readonly asked: number; readonly sent: number; readonly taken: number; readonly hungUp: number }

/** Requests of one connection. */
const VOLLEY = 100
const told = { asked: 0, sent: 0, taken: 0, hungUp: 0 }

/** Made once: the flood is to cost the appliance something, and this machine little. */
const makeShot = (key: string): string => {
  const head = `POST /push/v1 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\n`
  const requests = Array.from({ length: VOLLEY }, (_, index) => {
    const item = { seq: index + 1, up: "1h", kind: "link", name: "ether1", state: index % 2 === 0 ? "down" : "up" }
    const push = { v: 1, queue: "watch", boot: "flood", up: "1h", clock: "2024-03-01 00:00:00", gmt: "0", lost: 0, items: [item] }
    const body = JSON.stringify(push)
    return `${head}content-length: ${body.length}\r\n\r\n${body}`
  })
  return requests.join("")
}

const volley = ({ port, ca, address }: FloodOrder, shot: string): Promise<void> =>
  new Promise((resolve) => {
    let isOpen = false
    let said = ""
    // Made apart, since a connection of TLS takes no address to come from.
    const plain = connectPlain({ host: "127.0.0.1", port, localAddress: address })
    plain.on("error", () => undefined)
    const socket = connect({ socket: plain, ca, servername: "localhost" })
    socket.on("error", () => undefined)
    socket.on("secureConnect", () => {
      isOpen = true
      socket.write(shot)
      told.sent += VOLLEY
    })
    socket.on("data", (chunk) => {
      said += chunk
    })
    socket.setTimeout(5_000, () => socket.destroy())
    socket.on("close", () => {
      told.taken += said.split("HTTP/1.1 200").length - 1
      if (!isOpen) told.hungUp += 1
      resolve()
    })
  })

const flood = async (order: FloodOrder): Promise<void> => {
  const shot = makeShot(order.key)
  const began = performance.now()
  const running = new Set<Promise<void>>()
  for (;;) {
    const elapsedMs = performance.now() - began
    if (elapsedMs >= order.forMs) break
    while (told.asked < (order.aSecond * elapsedMs) / 1_000 && running.size < 64) {
      told.asked += VOLLEY
      const one: Promise<void> = volley(order, shot).finally(() => running.delete(one))
      running.add(one)
    }
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await Promise.all(running)
  parentPort?.postMessage(told)
}

if (parentPort !== null) await flood(workerData)
