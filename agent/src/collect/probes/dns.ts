/** A question to a DNS server: query time, response code, and whether the answer is expected. */
import { randomInt } from "node:crypto"
import dgram from "node:dgram"
import { isIPv6 } from "node:net"
import type { ProbeCheck, ProbeOutcome } from "@ispvm/wire"
import { type DnsAnswer, encodeQuery, isSameAnswer, parseAnswer } from "./dns-message.ts"
import type { Locate } from "./locate.ts"
import { NO_VALUES, outcomeOfError, type ProbeValues } from "./probe-values.ts"
import { connectTcp } from "./tcp.ts"

export type DnsCheck = Extract<ProbeCheck, { kind: "dns" }>
type Deps = { readonly locate: Locate; readonly steady: () => number }
type Server = { readonly ip: string; readonly port: number }

/** `garbage`: something came, and none of it was an answer to the question. */
type Reply = { readonly answer: DnsAnswer } | { readonly outcome: ProbeOutcome }

const overUdp = (
  { ip, port }: Server,
  id: number,
  { name, type }: DnsCheck,
  signal: AbortSignal,
): Promise<Reply> =>
  new Promise((resolve) => {
    const socket = dgram.createSocket(isIPv6(ip) ? "udp6" : "udp4")
    let isGarbage = false
    const done = (reply: Reply) => {
      signal.removeEventListener("abort", onAbort)
      socket.removeAllListeners("message")
      socket.on("error", () => undefined)
      try {
        socket.close()
      } catch {
        // Closed already: the error that brought us here did it.
      }
      resolve(reply)
    }
    const onAbort = () => done({ outcome: isGarbage ? "not-the-protocol" : "no-answer" })
    socket.once("error", (error) => done({ outcome: outcomeOfError(error) ?? "no-answer" }))
    // Connected: only this server's datagrams arrive, and a closed port is reported.
    socket.connect(port, ip, () => socket.send(encodeQuery(id, name, type)))
    socket.on("message", (message) => {
      const answer = parseAnswer(message, type)
      // A late or forged datagram must not end the probe: the real answer may still come.
      if (answer === null || answer.id !== id) isGarbage = true
      else done({ answer })
    })
    signal.addEventListener("abort", onAbort, { once: true })
    if (signal.aborted) onAbort()
  })

const MAX_TCP_BYTES = 65_537
/** For an answer that does not fit into a datagram. */
const overTcp = async (
  { ip, port }: Server,
  id: number,
  { name, type }: DnsCheck,
  signal: AbortSignal,
): Promise<Reply> => {
  try {
    const socket = await connectTcp(ip, port, signal)
    try {
      const query = encodeQuery(id, name, type)
      const length = Buffer.alloc(2)
      length.writeUInt16BE(query.length)
      socket.write(Buffer.concat([length, query]))
      let bytes = Buffer.alloc(0)
      for await (const chunk of socket) {
        bytes = Buffer.concat([bytes, chunk as Buffer]).subarray(0, MAX_TCP_BYTES)
        if (bytes.length < 2 || bytes.length < 2 + bytes.readUInt16BE(0)) continue
        const answer = parseAnswer(bytes.subarray(2, 2 + bytes.readUInt16BE(0)), type)
        return answer?.id === id ? { answer } : { outcome: "not-the-protocol" }
      }
      return { outcome: "connection-closed" }
    } finally {
      socket.destroy()
    }
  } catch (error) {
    return { outcome: outcomeOfError(error) ?? "no-answer" }
  }
}

const RCODES: Readonly<Record<number, ProbeOutcome>> = {
  2: "dns-server-failure",
  3: "dns-name-missing",
  5: "dns-refused",
}
export const outcomeOfAnswer = ({ rcode, answers }: DnsAnswer, expects: string): ProbeOutcome => {
  if (rcode !== 0) return RCODES[rcode] ?? "dns-error"
  if (answers.length === 0) return "wrong-answer"
  return expects === "" || answers.some((each) => isSameAnswer(each, expects))
    ? "ok"
    : "wrong-answer"
}

export const probeDns = async (
  { locate, steady }: Deps,
  check: DnsCheck,
  signal: AbortSignal,
): Promise<ProbeValues> => {
  const found = await locate(check.server, "access", signal)
  const { nameMs } = found
  if (!found.ok) return { ...NO_VALUES, nameMs, outcome: found.outcome }
  const server = { ip: found.ip, port: check.port }
  const id = randomInt(65_536)
  const startedMs = steady()
  let reply = await overUdp(server, id, check, signal)
  if ("answer" in reply && reply.answer.isTruncated)
    reply = await overTcp(server, id, check, signal)
  const totalMs = steady() - startedMs
  return "answer" in reply
    ? { ...NO_VALUES, nameMs, totalMs, outcome: outcomeOfAnswer(reply.answer, check.expects) }
    : { ...NO_VALUES, nameMs, outcome: reply.outcome }
}
