/** A new certificate before the old one ends, with a new key each time; the old pair works until the new one is safely written. */
import { X509Certificate } from "node:crypto"
import type { Logger } from "pino"
import { type Backoff, backoffMs, type pause } from "../transport/backoff.ts"
import type { Uplink } from "../transport/uplink.ts"
import { requestCertificate } from "./csr.ts"
import { generateKeys, type Identity } from "./keys.ts"

/** `renewAfterMs` comes from the appliance and lies at two thirds of the certificate's life. */
export const isRenewalDue = (identity: Identity, nowMs: number): boolean =>
  nowMs >= identity.renewAfterMs

/** An answer that does not fit the key just made is refused: swapping it in would lock this agent out. */
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
    throw new Error("The renewed certificate is not for the key it was asked for.")
  if (answer.agent !== identity.agent)
    throw new Error("The renewed certificate is for another agent.")
  const { certificatePem, chainPem, renewAfterMs } = answer
  return { ...identity, keyPem: keys.privatePem, certificatePem, chainPem, renewAfterMs }
}

type Deps = {
  readonly identity: Identity
  readonly uplink: () => Uplink
  /** Written and flushed when it resolves. */
  readonly save: (identity: Identity) => Promise<void>
  /** From now on speak with this one. */
  readonly use: (identity: Identity) => void
  readonly now: () => number
  readonly random: () => number
  readonly pause: typeof pause
  readonly log: Logger
  readonly signal: AbortSignal
}

const CHECK_INTERVAL_MS = 60_000
/** Ten days lie between "due" and "too late" (a month's certificate): there is no need to hurry. */
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
      log.warn({ err, failures }, "the certificate could not be renewed; the one at hand stays")
      await deps.pause(backoffMs(failures, RETRY, deps.random), signal)
    }
  }
}
