/** Derives keys on a thread of its own: the pool that reads files, resolves names and inflates bodies for everybody stays free. */
import { scryptSync } from "node:crypto"
import { parentPort } from "node:worker_threads"
import type { DeriveRequest } from "./model.ts"

parentPort?.on("message", ({ id, password, salt, bytes, cost: { n, r, p } }: DeriveRequest) => {
  try {
    const key = scryptSync(password, salt, bytes, { N: n, r, p, maxmem: 256 * n * r })
    parentPort?.postMessage({ id, key: new Uint8Array(key) })
  } catch (error) {
    parentPort?.postMessage({ id, fault: error instanceof Error ? error.message : String(error) })
  }
})
