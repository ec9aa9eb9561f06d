/**
 * One address opens thousands of connections to each listener and sends nothing; all others are
 * served, and so is this address.
 */
import { connect, type Socket } from "node:net"
import { setTimeout as wait } from "node:timers/promises"
import { type Attack, expectThat, type Finding } from "./attack.ts"
import { request } from "./request.ts"
import type { Testbed } from "./testbed.ts"

const CONNECTIONS = 6_000
const AT_ONCE = 200
const ATTACKER = "127.66.2.1"
const OTHER = "127.66.2.2"
const HOLD_MS = 2_000

/** Opens them and keeps them; those that are reset are not opened again. */
const openMany = async (port: number): Promise<readonly Socket[]> => {
  const sockets: Socket[] = []
  while (sockets.length < CONNECTIONS) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, () => {
        const socket = connect({ host: "127.0.0.1", port, localAddress: ATTACKER })
        sockets.push(socket)
        return new Promise<void>((resolve) => {
          socket.once("connect", resolve)
          socket.once("error", () => resolve())
          socket.once("close", () => resolve())
          socket.on("error", () => undefined)
        })
      }),
    )
  }
  return sockets
}

const attackOne = async (
  what: string,
  url: string,
  path: string,
  ca: string,
): Promise<readonly Finding[]> => {
  const opened = await openMany(Number(new URL(url).port))
  try {
    const requestFrom = (from: string) => request(`${url}${path}`, { from, tls: { ca } })
    const [other, own] = [await requestFrom(OTHER), await requestFrom(ATTACKER)]
    await wait(HOLD_MS)
    const late = await requestFrom(OTHER)
    const answers = [other, own, late].map(({ status, text, tookMs }) =>
      status === 200 ? `200 after ${Math.round(tookMs)} ms` : `${status} ${text.slice(0, 80)}`,
    )
    return [
      expectThat(
        `${what}: another address, the attacker's address and another one later are answered`,
        [other, own, late].every(({ status }) => status === 200),
        answers.join(", "),
      ),
    ]
  } finally {
    for (const socket of opened) socket.destroy()
  }
}

const run = async ({
  origin,
  agentsUrl,
  routersUrl,
  rootPem,
}: Testbed): Promise<readonly Finding[]> => [
  ...(await attackOne("the UI", origin, "/api/v1/session", rootPem)),
  ...(await attackOne("the agents' listener", agentsUrl, "/ca", rootPem)),
  ...(await attackOne("the routers' listener", routersUrl, "/push/v1/ca", rootPem)),
]

export const halfOpen: Attack = {
  name: "half-open",
  about:
    "one address opens 6,000 connections to each listener and sends nothing; agents, the UI and others are served",
  run,
}
