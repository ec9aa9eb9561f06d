/** The parts of the agent that recordings are played through. */
import { SnmpSession } from "../../agent/src/collect/snmp/client/session.ts"
import { createSharedSocket } from "../../agent/src/collect/snmp/client/socket.ts"
import { nothingLearned } from "../../agent/src/collect/snmp/collectors/learned.ts"
import {
  type Remote,
  readRemotes,
  readVlans,
  type Vlan,
} from "../../agent/src/collect/snmp/collectors/topology.ts"

export { createSnmpCollectors } from "../../agent/src/collect/snmp/collectors/collectors.ts"
export { startSyslog } from "../../agent/src/collect/syslog/syslog.ts"
export { Normalizer } from "../../agent/src/normalize/normalize.ts"
export type { Remote, Vlan }

export const readTopology = async (
  port: number,
  community: string,
): Promise<{ readonly remotes: readonly Remote[]; readonly vlans: readonly Vlan[] }> => {
  const socket = createSharedSocket()
  const learned = nothingLearned()
  const session = new SnmpSession({ ip: "127.0.0.1", port, community }, socket, learned)
  const poll = {
    session,
    learned,
    options: { signal: AbortSignal.timeout(60_000), now: Date.now },
    origin: () => ({ device: "", source: "snmp", atMs: 0 }) as never,
  }
  try {
    return { remotes: await readRemotes(poll), vlans: await readVlans(poll) }
  } finally {
    session.close()
    await socket.close()
  }
}
