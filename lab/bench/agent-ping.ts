/**
 * Child of `bench -- agent ping`: the agent's rounds on loopback addresses for some seconds.
 *   node agent-ping.ts DEVICES SECONDS
 * Prints how many probes were answered.
 */
import { AssignedDevice } from "@ispvm/wire"
import { findFping, Pinger } from "../recordings/agent.ts"

const [devices = 0, seconds = 0] = process.argv.slice(2).map(Number)
const icmp = await findFping("fping", new AbortController().signal)
if (!icmp.ok) throw new Error(icmp.note)
let answered = 0
const pinger = new Pinger({
  icmpProbe: icmp.icmpProbe,
  icmpLoop: icmp.icmpLoop,
  tcpProbe: async () => "silent",
  resolve: async (address) => address,
  now: Date.now,
  steady: () => performance.now(),
  random: Math.random,
  emit: ({ icmp: result }) => {
    answered += result?.received ?? 0
  },
  onAnswers: () => undefined,
  onToolFailed: (message) => {
    throw new Error(message)
  },
})
pinger.apply(
  Array.from({ length: devices }, (_, at) =>
    AssignedDevice.parse({
      id: `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`,
      name: `router-${at}`,
      access: {
        address: `127.1.${at >> 8}.${at & 255}`,
        routerosApi: null,
        snmp: null,
        icmp: true,
        tcpPort: null,
      },
      intervals: { pingMs: 1_000, interfaceMs: 0, healthMs: 0, factsMs: 0 },
    }),
  ),
)
await new Promise((done) => setTimeout(done, seconds * 1_000))
await pinger.stop()
console.log(answered)
