/**
 * Derives keys on a separate thread, so that the thread pool for files, DNS and decompression stays
 * free.
 */
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
