/** Opens a logged-in connection to a router: name, TCP, TLS with its pin, login. */
import type { AssignedDevice } from "@ispvm/wire"
import type { DecodeText } from "../../text/decoder.ts"
import type { AnswerMemory } from "./answer-memory.ts"
import { Connection } from "./connection.ts"
import { checkPin, connectTcp, type Dial, resolveAddress, startTls } from "./dial.ts"
import { login } from "./login.ts"
import { SENTENCE_LIMITS } from "./sentences.ts"

export type RouterOsAccess = NonNullable<AssignedDevice["access"]["routerosApi"]>

export type Opening = {
  readonly dial: Dial
  readonly deadlineMs: number
  readonly signal: AbortSignal
  /** Shared with other connections; without it, of this connection only. */
  readonly memory?: AnswerMemory
  readonly decode?: DecodeText
}

/**
 * Throws a `CollectError` with its reason, and then leaves nothing open. `signal` ends the opening
 * only.
 */
export const openConnection = async (
  address: string,
  access: RouterOsAccess,
  { dial, deadlineMs, signal, memory, decode }: Opening,
): Promise<Connection> => {
  const both = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)])
  let socket = await connectTcp(await resolveAddress(address, dial, both), access.port, dial, both)
  let shown: string | null = null
  if (access.tls) {
    const secured = await startTls(socket, both)
    socket = secured.socket
    shown = secured.fingerprint
  }
  const connection = new Connection(socket, SENTENCE_LIMITS, memory, decode)
  try {
    if (shown !== null) checkPin(shown, access.fingerprint)
    await login(connection, access, { signal: both, deadlineMs })
    return connection
  } catch (error) {
    void connection.close()
    throw error
  }
}
