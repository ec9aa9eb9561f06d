/** What routers send by themselves: lines of their logs, and traps. */
import type { RouterHost } from "./host.ts"
import type { RouterOs } from "./os/os.ts"
import { syslogOf } from "./os/services.ts"
import { portTraps, startTraps, type TrapDatagram } from "./os/snmp-trap.ts"

/** RouterOS knows no other. */
const TRAP_PORT = 162

type Options = {
  /**
   * Whether a packet of this router arrives at an address: what a router that is cut off sends is
   * lost, and its log stays on it.
   */
  readonly arrives: (router: string, address: string) => boolean
  readonly trapPort: number | undefined
}
export type Outgoing = {
  /** Sends what follows from each change of the router. */
  readonly follow: (os: RouterOs, host: RouterHost) => void
  /** It has booted. */
  readonly started: (os: RouterOs, host: RouterHost) => void
}

export const createOutgoing = ({ arrives, trapPort = TRAP_PORT }: Options): Outgoing => {
  const sendTraps = (os: RouterOs, host: RouterHost, traps: readonly TrapDatagram[]): void => {
    for (const sent of traps)
      if (arrives(os.router.spec.name, sent.address)) host.sendTrap(sent, trapPort)
  }
  return {
    follow: (os, host) => {
      const { name } = os.router.spec
      os.router.onChange((change) => {
        if (change.kind === "port") sendTraps(os, host, portTraps(os, change.port))
        if (change.kind !== "log") return
        for (const sent of syslogOf(os, change.entry))
          if (arrives(name, sent.address)) host.sendSyslog(sent)
      })
    },
    started: (os, host) => sendTraps(os, host, startTraps(os)),
  }
}
