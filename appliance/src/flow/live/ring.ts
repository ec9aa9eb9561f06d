/**
 * The last messages of one organisation, so that a client that was away briefly misses none. An id
 * is `epoch-number`: numbers have no gaps, and each process has its own epoch, so that an id from
 * before a restart is never mistaken for a current one.
 */
export type Message = {
  readonly number: number
  readonly name: string
  readonly json: string
  /** For who may not see who somebody is; null: the same. */
  readonly masked: string | null
}
export type Ring = {
  readonly push: (name: string, json: string, masked?: string | null) => Message
  readonly idOf: (number: number) => string
  readonly last: () => number
  /** Messages after this id; null where they are no longer complete. */
  readonly after: (id: string) => readonly Message[] | null
}

const RING_MESSAGES = 4_096
const RING_BYTES = 16 * 1024 * 1024

const sizeOf = (message: Message | undefined): number =>
  (message?.json.length ?? 0) + (message?.masked?.length ?? 0)

export const createRing = (epoch: string, max = RING_MESSAGES): Ring => {
  const messages: Message[] = []
  let bytes = 0
  let number = 0
  const idOf = (n: number): string => `${epoch}-${n}`
  return {
    push: (name, json, masked = null) => {
      number += 1
      const message = { number, name, json, masked }
      messages.push(message)
      bytes += sizeOf(message)
      while (messages.length > max || (bytes > RING_BYTES && messages.length > 1))
        bytes -= sizeOf(messages.shift())
      return message
    },
    idOf,
    last: () => number,
    after: (id) => {
      const found = /^([A-Za-z0-9]+)-(\d{1,15})$/.exec(id)
      if (found === null || found[1] !== epoch) return null
      const from = Number(found[2])
      const first = messages[0]?.number ?? number + 1
      return from > number || from < first - 1 ? null : messages.slice(from - first + 1)
    },
  }
}
