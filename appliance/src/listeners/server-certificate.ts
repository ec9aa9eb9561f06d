/** A listener's certificate, kept good while it runs: a new address of the machine or an end that is near needs no restart. */
import type { Authority } from "@ispvm/pki"
import type { TlsOptions } from "../platform/http/tls.ts"

/** The chain, its key, and how TLS is spoken with them. */
export type TlsKeyPair = { readonly cert: string; readonly key: string } & TlsOptions

type Deps = {
  /** Of the files it is kept in. */
  readonly name: string
  readonly authority: Pick<Authority, "ensureServer" | "issuingPem">
  /** What the certificate names; read anew at every check. */
  readonly names: () => readonly string[]
  readonly tls: TlsOptions
  /** Called with a certificate that has taken the place of the one before. */
  readonly onFresh: (keyPair: TlsKeyPair, serial: string) => void
  readonly onError: (error: unknown) => void
  readonly everyMs?: number
}
export type ServerCertificate = {
  /** The certificate of now; checks go on until `stop`. */
  readonly start: () => Promise<TlsKeyPair>
  readonly stop: () => void
}

/** An address that comes by DHCP is named by every listener within this time and what a key pair takes to make. */
const EVERY_MS = 20_000
/** Age and authority are checked this often although no name has changed. */
const HOUR_MS = 3_600_000

export const createServerCertificate = ({
  name,
  authority,
  names,
  tls,
  onFresh,
  onError,
  everyMs = EVERY_MS,
}: Deps): ServerCertificate => {
  let timer: NodeJS.Timeout | undefined
  let named = ""
  let checkedMs = 0
  let isChecking = false
  const keep = async (): Promise<{
    readonly keyPair: TlsKeyPair
    readonly fresh: boolean
    readonly serial: string
  }> => {
    const current = names()
    const { certificate, keyPem, fresh } = await authority.ensureServer(name, current)
    named = current.join(" ")
    checkedMs = performance.now()
    return {
      keyPair: { cert: certificate.pem + authority.issuingPem, key: keyPem, ...tls },
      fresh,
      serial: certificate.serial,
    }
  }
  const check = async (): Promise<void> => {
    if (names().join(" ") === named && performance.now() - checkedMs < HOUR_MS) return
    const { keyPair, fresh, serial } = await keep()
    if (fresh) onFresh(keyPair, serial)
  }
  return {
    start: async () => {
      const { keyPair } = await keep()
      timer = setInterval(() => {
        if (isChecking) return
        isChecking = true
        void check()
          .catch(onError)
          .finally(() => {
            isChecking = false
          })
      }, everyMs).unref()
      return keyPair
    },
    stop: () => clearInterval(timer),
  }
}
