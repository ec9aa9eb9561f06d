/**
 * Key derivation with scrypt on a worker thread, which starts with the first password and does not
 * keep the process alive.
 */
import { Worker } from "node:worker_threads"
import { z } from "zod"
import type { Derive, DeriveRequest } from "./model.ts"

export type DeriveThread = { readonly derive: Derive; readonly stop: () => Promise<void> }

const Answer = z.union([
  z.object({ id: z.number(), key: z.instanceof(Uint8Array) }),
  z.object({ id: z.number(), fault: z.string() }),
])
type Waiting = { readonly resolve: (key: Buffer) => void; readonly reject: (error: Error) => void }

export const createDeriveThread = (): DeriveThread => {
  let worker: Worker | null = null
  let lastId = 0
  const waiting = new Map<number, Waiting>()
  const start = (): Worker => {
    const made = new Worker(new URL("./hash-worker.ts", import.meta.url))
    made.on("message", (message: unknown) => {
      const answer = Answer.parse(message)
      const pending = waiting.get(answer.id)
      waiting.delete(answer.id)
      if (waiting.size === 0) made.unref()
      if ("key" in answer) pending?.resolve(Buffer.from(answer.key))
      else pending?.reject(new Error(`a password could not be hashed: ${answer.fault}`))
    })
    made.once("error", (cause) => {
      if (worker === made) worker = null
      const failed = [...waiting.values()]
      waiting.clear()
      for (const pending of failed)
        pending.reject(new Error("the thread that hashes passwords has ended", { cause }))
    })
    return made
  }
  return {
    derive: (password, salt, bytes, cost) =>
      new Promise((resolve, reject) => {
        worker ??= start()
        worker.ref()
        lastId += 1
        waiting.set(lastId, { resolve, reject })
        const request: DeriveRequest = {
          id: lastId,
          password,
          salt: new Uint8Array(salt),
          bytes,
          cost,
        }
        worker.postMessage(request)
      }),
    stop: async () => {
      await worker?.terminate()
      worker = null
    },
  }
}
