/** One router on the wire: its API, SNMP and syslog sockets, all bound to its own address. */
import { createSocket, type Socket } from "node:dgram"
import type { ApiBackend } from "./api-backend.ts"
import { ApiServer } from "./api-server.ts"
import type { Identity } from "./certificate.ts"
import type { Service, SyslogDatagram } from "./os/services.ts"
import type { TrapDatagram } from "./os/snmp-trap.ts"
import { answer, type Mib } from "./snmp-agent.ts"

export type Ports = { readonly api: number; readonly apiSsl: number; readonly snmp: number }
/** The configuration of the sockets; it may change while they are open. */
export type ServiceConfig = {
  readonly service: (name: "api" | "api-ssl") => Service
  readonly snmp: (packet: Buffer, from: string, atMs: number) => Buffer | null
  /** Unreachable: nothing listens. */
  readonly isBehindNat: boolean
  /** A service that could not be opened, for the router's log. */
  readonly failed: (what: string) => void
}
export type HostPlan = {
  readonly address: string
  readonly ports: Ports
  readonly backend: ApiBackend
  readonly serviceConfig: ServiceConfig
}

/** A recording, which always answers in the same way. */
export const fixedServiceConfig = (plan: {
  readonly ports: Ports
  readonly community: string
  readonly mib: Mib
  readonly identity: Identity
}): ServiceConfig => ({
  service: (name) => ({
    isOn: true,
    port: name === "api" ? plan.ports.api : plan.ports.apiSsl,
    allows: () => true,
    identity: name === "api" ? null : plan.identity,
  }),
  snmp: (packet, _, atMs) => answer(packet, plan.community, plan.mib, atMs),
  isBehindNat: false,
  failed: () => undefined,
})

/** An error of a UDP socket is a packet that was not sent; a router ignores it. */
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

type Open = { readonly server: ApiServer; readonly key: string }

export class RouterHost {
  readonly #plan: HostPlan
  readonly #now: () => number
  readonly #api = new Map<"api" | "api-ssl", Open>()
  #snmp: Socket | null = null
  #syslog: Socket | null = null
  #isOpen = false
  #queue: Promise<void> = Promise.resolve()

  constructor(plan: HostPlan, now: () => number) {
    this.#plan = plan
    this.#now = now
  }

  get address(): string {
    return this.#plan.address
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  async open(): Promise<void> {
    if (this.#isOpen) return
    this.#isOpen = true
    const { address, ports, serviceConfig } = this.#plan
    await this.#inSequence(async () => {
      this.#syslog = await bindUdp(address, 0)
      if (serviceConfig.isBehindNat) return
      await this.#applyServices()
      this.#snmp = await this.#listen(address, ports.snmp)
    })
  }

  /** Closes every socket without a clean close; a client's next packet finds no listener. */
  async close(): Promise<void> {
    this.#isOpen = false
    await this.#inSequence(async () => {
      const [api, snmp, syslog] = [[...this.#api.values()], this.#snmp, this.#syslog]
      this.#api.clear()
      this.#snmp = null
      this.#syslog = null
      await Promise.all([
        ...api.map(({ server }) => server.close()),
        closeUdp(snmp),
        closeUdp(syslog),
      ])
    })
  }

  /**
   * Updates the listeners after the configuration has changed. What cannot be opened is in the
   * router's log.
   */
  refresh(): void {
    if (!this.#isOpen || this.#plan.serviceConfig.isBehindNat) return
    void this.#inSequence(async () => {
      if (this.#isOpen) await this.#applyServices()
    }).catch((error: unknown) =>
      this.#plan.serviceConfig.failed(error instanceof Error ? error.message : String(error)),
    )
  }

  sendSyslog({ address, port, line }: SyslogDatagram): void {
    this.#syslog?.send(line, port, address)
  }
  sendTrap({ address, bytes }: TrapDatagram, port: number): void {
    this.#syslog?.send(bytes, port, address)
  }

  #inSequence(work: () => Promise<void>): Promise<void> {
    const result = this.#queue.then(work)
    this.#queue = result.catch(() => undefined)
    return result
  }

  async #listen(address: string, port: number): Promise<Socket> {
    const snmp = await bindUdp(address, port)
    snmp.on("message", (packet, peer) => {
      const reply = this.#plan.serviceConfig.snmp(packet, peer.address, this.#now())
      if (reply !== null) snmp.send(reply, peer.port, peer.address)
    })
    return snmp
  }

  async #applyServices(): Promise<void> {
    const { address, backend, serviceConfig } = this.#plan
    for (const name of ["api", "api-ssl"] as const) {
      const { isOn, port, identity } = serviceConfig.service(name)
      // Without a certificate RouterOS offers only anonymous keys, which current clients reject:
      // effectively closed.
      const shouldListen = isOn && (name === "api" || identity !== null)
      const key = shouldListen ? `${port} ${identity?.fingerprint ?? ""}` : ""
      const open = this.#api.get(name)
      if ((open?.key ?? "") === key) continue
      this.#api.delete(name)
      await open?.server.close()
      if (!shouldListen) continue
      const server = new ApiServer(backend, identity, (from) =>
        serviceConfig.service(name).allows(from),
      )
      await server.open(address, port)
      this.#api.set(name, { server, key })
    }
  }
}
