/** One router on the wire: its API, SNMP and syslog sockets, all bound to its own address. */
import { createSocket, type Socket } from "node:dgram"
import type { ApiBackend } from "./api-backend.ts"
import { ApiServer } from "./api-server.ts"
import type { Identity } from "./certificate.ts"
import { answer, type Mib } from "./snmp-agent.ts"

export type Ports = { readonly api: number; readonly apiSsl: number; readonly snmp: number }
export type HostPlan = {
  readonly address: string
  readonly ports: Ports
  readonly community: string
  readonly mib: Mib
  readonly backend: ApiBackend
  readonly identity: Identity
  readonly syslogTo: { readonly address: string; readonly port: number }
}

/** Errors of a UDP socket are packets that did not go out; a router does not mind. */
const bindUdp = (address: string, port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createSocket("udp4")
    socket.once("error", reject)
    socket.bind(port, address, () => {
      socket.off("error", reject)
      socket.on("error", () => undefined)
      resolve(socket)
    })
  })
const closeUdp = (socket: Socket | null): Promise<void> =>
  new Promise((resolve) => (socket === null ? resolve() : socket.close(() => resolve())))

export class RouterHost {
  readonly #plan: HostPlan
  readonly #now: () => number
  #api: ApiServer[] = []
  #snmp: Socket | null = null
  #syslog: Socket | null = null

  constructor(plan: HostPlan, now: () => number) {
    this.#plan = plan
    this.#now = now
  }

  get address(): string {
    return this.#plan.address
  }

  get isOpen(): boolean {
    return this.#snmp !== null
  }

  async open(): Promise<void> {
    if (this.isOpen) return
    const { address, ports, backend, identity } = this.#plan
    const plain = new ApiServer(backend, null)
    const tls = new ApiServer(backend, identity)
    this.#api = [plain, tls]
    await Promise.all([plain.open(address, ports.api), tls.open(address, ports.apiSsl)])
    const snmp = await bindUdp(address, ports.snmp)
    snmp.on("message", (packet, peer) => {
      const reply = answer(packet, this.#plan.community, this.#plan.mib, this.#now())
      if (reply !== null) snmp.send(reply, peer.port, peer.address)
    })
    this.#snmp = snmp
    this.#syslog = await bindUdp(address, 0)
  }

  /** Every socket is gone without a farewell; a client's next packet finds nobody. */
  async close(): Promise<void> {
    const [api, snmp, syslog] = [this.#api, this.#snmp, this.#syslog]
    this.#api = []
    this.#snmp = null
    this.#syslog = null
    await Promise.all([...api.map((server) => server.close()), closeUdp(snmp), closeUdp(syslog)])
  }

  say(line: string): void {
    const { address, port } = this.#plan.syslogTo
    this.#syslog?.send(line, port, address)
  }
}
