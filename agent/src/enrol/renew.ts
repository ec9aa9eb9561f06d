/**
 * Renews the certificate before it expires, with a new key. The old pair stays in use until the new
 * one is stored.
 */
import { X509Certificate } from "node:crypto"
import type { Logger } from "pino"
import { type Backoff, backoffMs, type pause } from "../transport/backoff.ts"
import type { Uplink } from "../transport/uplink.ts"
import { requestCertificate } from "./csr.ts"
import { generateKeys, type Identity } from "./keys.ts"

/** The appliance sets `renewAfterMs` to two thirds of the certificate's lifetime. */
export const isRenewalDue = (identity: Identity, nowMs: number): boolean =>
  nowMs >= identity.renewAfterMs

/** Throws if the certificate does not match the new key: using it would lock the agent out. */
export const renew = async (
  identity: Identity,
  uplink: Uplink,
  signal: AbortSignal,
): Promise<Identity> => {
  const keys = await generateKeys()
  const answer = await uplink.renew(requestCertificate(keys, identity.name), signal)
  const publicPem = new X509Certificate(answer.certificatePem).publicKey.export({
    type: "spki",
    format: "pem",
  })
  if (publicPem !== keys.publicPem)
    throw new Error("The renewed certificate does not match the requested key.")
  if (answer.agent !== identity.agent)
    throw new Error("The renewed certificate is for another agent.")
  const { certificatePem, chainPem, renewAfterMs } = answer
  return { ...identity, keyPem: keys.privatePem, certificatePem, chainPem, renewAfterMs }
}

type Deps = {
  readonly identity: Identity
  readonly uplink: () => Uplink
  /** Resolves when the identity is on disk. */
  readonly save: (identity: Identity) => Promise<void>
  /** Connections use this identity from now on. */
  readonly use: (identity: Identity) => void
  readonly now: () => number
  readonly random: () => number
  readonly pause: typeof pause
  readonly log: Logger
  readonly signal: AbortSignal
}

const CHECK_INTERVAL_MS = 60_000
/** A certificate of 30 days is due ten days before it expires, so retries can be slow. */
const RETRY: Backoff = { firstMs: 30_000, maxMs: 3_600_000 }

export const runRenewal = async (deps: Deps): Promise<void> => {
  const { signal, log } = deps
  let { identity } = deps
  let failures = 0
  while (!signal.aborted) {
    if (!isRenewalDue(identity, deps.now())) {
      await deps.pause(
        Math.min(CHECK_INTERVAL_MS, Math.max(1_000, identity.renewAfterMs - deps.now())),
        signal,
      )
      continue
    }
    try {
      const renewed = await renew(identity, deps.uplink(), signal)
      await deps.save(renewed)
      deps.use(renewed)
      identity = renewed
      failures = 0
      log.info({ renewAfterMs: renewed.renewAfterMs }, "certificate renewed")
    } catch (err) {
      if (signal.aborted) return
      failures += 1
      log.warn(
        { err, failures },
        "the certificate could not be renewed; the current one stays in use",
      )
      await deps.pause(backoffMs(failures, RETRY, deps.random), signal)
    }
  }
}
