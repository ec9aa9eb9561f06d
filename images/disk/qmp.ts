/** One command to a running QEMU, by its machine protocol (QMP) on a Unix socket. */
import { once } from "node:events"
import { connect } from "node:net"
import { createInterface } from "node:readline"
import { z } from "zod"

const Message = z.looseObject({
  QMP: z.unknown().optional(),
  return: z.unknown().optional(),
  error: z.looseObject({ desc: z.string() }).optional(),
})
const TIMEOUT_MS = 30_000

/** Throws QEMU's own text when it rejects the command. */
export const askQemu = async (
  socketPath: string,
  execute: string,
  args: Readonly<Record<string, unknown>> = {},
): Promise<unknown> => {
  const socket = connect(socketPath)
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`QEMU: ${execute}: no answer`)))
  await once(socket, "connect")
  const commands = [{ execute: "qmp_capabilities" }, { execute, arguments: args }]
  try {
    for (const command of commands) socket.write(`${JSON.stringify(command)}\n`)
    let answers = 0
    for await (const line of createInterface({ input: socket })) {
      const message = Message.parse(JSON.parse(line))
      if (message.error !== undefined) throw new Error(`QEMU: ${execute}: ${message.error.desc}`)
      // Greetings and events have no `return`.
      if ("return" in message && ++answers === commands.length) return message.return
    }
    throw new Error(`QEMU: ${execute}: the connection was closed`)
  } finally {
    socket.destroy()
  }
}
