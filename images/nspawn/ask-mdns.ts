/** `ask-mdns.ts NAME.local OWN-ADDRESS`: prints the IPv4 address that multicast DNS answers (RFC 6762). */
import { createSocket } from "node:dgram"

const GROUP = "224.0.0.251"
const PORT = 5_353
const TYPE_A = 1
const CLASS_IN = 1
const ATTEMPT_MS = 1_000
const LIMIT_MS = 15_000

const nameBytes = (name: string): Buffer =>
  Buffer.concat([
    ...name.split(".").map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0]),
  ])

const query = (name: string): Buffer => {
  const header = Buffer.alloc(12)
  header.writeUInt16BE(1, 4)
  return Buffer.concat([header, nameBytes(name), Buffer.from([0, TYPE_A, 0, CLASS_IN])])
}

/** Of the answers that begin with the whole name: the address of the first one of type A. */
const addressIn = (message: Buffer, name: string): string | null => {
  const isAnswer = (message.readUInt16BE(2) & 0x80_00) !== 0
  const at = message.indexOf(nameBytes(name))
  if (!isAnswer || at < 0) return null
  // Type, class, time to live and length come before the address.
  const record = message.subarray(at + nameBytes(name).length)
  return record.length >= 14 && record.readUInt16BE(0) === TYPE_A
    ? record.subarray(10, 14).join(".")
    : null
}

const [name = "", own = ""] = process.argv.slice(2)
const socket = createSocket({ type: "udp4", reuseAddr: true })
const end = (code: number): void => {
  clearInterval(attempts)
  clearTimeout(limit)
  socket.close()
  process.exitCode = code
}
const ask = (): void => socket.send(query(name), PORT, GROUP)
socket.on("message", (message) => {
  const address = addressIn(message, name)
  if (address === null) return
  process.stdout.write(`${address}\n`)
  end(0)
})
socket.bind(PORT, () => {
  socket.addMembership(GROUP, own)
  socket.setMulticastInterface(own)
  ask()
})
const attempts = setInterval(ask, ATTEMPT_MS)
const limit = setTimeout(() => end(1), LIMIT_MS)
