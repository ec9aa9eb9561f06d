/** A thread for one run of discovery; it ends with the run, so that its memory is free again. */
import { Worker } from "node:worker_threads"
import type { Discovered } from "@ispvm/discovery"

export type DiscoverMessage =
  | { readonly kind: "reports"; readonly reports: readonly string[] }
  | { readonly kind: "discover"; readonly nowMs: number }
type Answer = { readonly discovered: Discovered } | { readonly fault: string }
export type DiscoverThread = {
  readonly add: (reports: readonly string[]) => void
  /** Rejects if the thread ended, failed, or took too long. */
  readonly discover: (nowMs: number) => Promise<Discovered>
  readonly stop: () => Promise<void>
}

const LONGEST_MS = 300_000
const MEMORY_MB = 768

export const startDiscoverThread = (): DiscoverThread => {
  const worker = new Worker(new URL("./discover-worker.ts", import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  })
  const { promise, resolve, reject } = Promise.withResolvers<Discovered>()
  // Nobody may wait yet when it fails; a later wait gets the same error.
  promise.catch(() => undefined)
  worker.on("message", (answer: Answer) => {
    if ("fault" in answer) reject(new Error(`nothing was discovered: ${answer.fault}`))
    else resolve(answer.discovered)
  })
  worker.once("error", (cause) => reject(new Error("the thread of discovery failed", { cause })))
  worker.once("exit", (code) => reject(new Error(`the thread of discovery ended, code ${code}`)))
  const post = (message: DiscoverMessage): void => worker.postMessage(message)
  return {
    add: (reports) => post({ kind: "reports", reports }),
    discover: async (nowMs) => {
      post({ kind: "discover", nowMs })
      const timer = setTimeout(() => reject(new Error("discovery took too long")), LONGEST_MS)
      try {
        return await promise
      } finally {
        clearTimeout(timer)
      }
    },
    stop: async () => {
      await worker.terminate()
    },
  }
}
