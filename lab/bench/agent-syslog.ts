/**
 * Children of `bench -- agent syslog`.
 *   node agent-syslog.ts sender PORT LINES PER_S
 *     lines of 20 routers, from an address each, at this rate if the machine allows it
 *   node agent-syslog.ts agent|socket
 *     the agent's receiver, or a socket of Node whose datagrams are only counted; prints its port,
 *     and at the end of its input what it received and cost
 */
import dgram from "node:dgram"
import { once } from "node:events"
import { AssignedDevice } from "@ispvm/wire"
import { startSyslog } from "../recordings/agent.ts"

/** So many that none exceeds what one router may send. */
const ROUTERS = 50
const STEP_MS = 5
const RECEIVE_BYTES = 4 * 1024 * 1024
const addressOf = (router: number): string => `127.2.0.${router + 1}`

/** What routers log most; each is another line, because repeated ones cost less. */
const lineAt = (at: number): string => {
  const host = `10.${at & 255}.${(at >> 8) & 255}.${(at >> 16) & 255}`
  const texts = [
    `firewall,info forward: in:ether1 out:ether2, src-mac 02:00:00:00:00:01, proto TCP (SYN), ${host}:${at & 32_767}->198.51.100.7:443, len 60`,
    `dhcp,info dhcp1 assigned ${host} for 02:00:00:00:00:02`,
    `<30>Nov  8 17:06:34 router-${at % ROUTERS} dhcp1 deassigned ${host} for 02:00:00:00:00:03`,
    `system,info,account user admin logged in from ${host} via winbox`,
    `pppoe,ppp,info <pppoe-customer-${at}>: terminating... - hungup`,
  ]
  return texts[at % texts.length] ?? ""
}

const send = async (port: number, lines: number, perS: number): Promise<void> => {
  const sockets = await Promise.all(
    Array.from({ length: ROUTERS }, async (_, router) => {
      const socket = dgram.createSocket({
        type: "udp4",
        lookup: (address, _options, callback) => callback(null, address, 4),
      })
      // With such a look-up it listens before `bind` returns.
      const listening = once(socket, "listening")
      socket.bind(0, addressOf(router))
      await listening
      return socket
    }),
  )
  const beganMs = performance.now()
  let sent = 0
  while (sent < lines) {
    const until = Math.min(lines, ((performance.now() - beganMs) / 1_000) * perS)
    for (; sent < until; sent += 1)
      sockets[sent % ROUTERS]?.send(lineAt(sent), port, "127.0.0.1", () => undefined)
    await new Promise((done) => setTimeout(done, STEP_MS))
  }
  for (const socket of sockets) socket.close()
}

/** Prints what was counted, and the CPU of it, between two signs on standard input. */
const report = async (
  port: number | null | undefined,
  count: () => Readonly<Record<string, number>>,
): Promise<void> => {
  console.log(port)
  process.stdin.resume()
  await once(process.stdin, "data") // Its code is compiled: what counts begins now.
  const [before, counted] = [process.cpuUsage(), count()]
  await once(process.stdin, "end")
  const { user, system } = process.cpuUsage(before)
  const grown = Object.entries(count()).map(([name, all]) => [name, all - (counted[name] ?? 0)])
  console.log(JSON.stringify({ cpuMs: (user + system) / 1_000, ...Object.fromEntries(grown) }))
}

const receiveOnly = async (): Promise<void> => {
  let lines = 0
  const socket = dgram.createSocket({ type: "udp4", recvBufferSize: RECEIVE_BYTES })
  socket.on("message", () => {
    lines += 1
  })
  socket.bind(0, "127.0.0.1")
  await once(socket, "listening")
  await report(socket.address().port, () => ({ lines, unread: 0 }))
  socket.close()
}

const receive = async (): Promise<void> => {
  let events = 0
  const syslog = await startSyslog({
    ...{ port: 0, bind: "127.0.0.1", resolve: async (address) => address, now: Date.now },
    newId: () => crypto.randomUUID(),
    emit: () => {
      events += 1
    },
    onLink: () => undefined,
    onUnknownSender: () => undefined,
  })
  syslog.apply(
    Array.from({ length: ROUTERS }, (_, at) =>
      AssignedDevice.parse({
        id: `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`,
        name: `router-${at}`,
        access: {
          ...{ address: addressOf(at), routerosApi: null, snmp: null, icmp: false, tcpPort: null },
        },
        intervals: { pingMs: 0, interfaceMs: 0, healthMs: 0, factsMs: 0 },
      }),
    ),
  )
  const { counts } = syslog
  await report(syslog.port, () => ({
    ...{ lines: counts.lines, unread: counts.overTime, events },
  }))
  await syslog.stop()
}

const [role, ...numbers] = process.argv.slice(2)
const [port = 0, lines = 0, perS = 1] = numbers.map(Number)
if (role === "sender") await send(port, lines, perS)
else if (role === "agent") await receive()
else if (role === "socket") await receiveOnly()
