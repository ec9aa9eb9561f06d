/** The certificate of a listener, renewed while it runs when names change or the end is near. */
import type { Authority } from "@ispvm/pki"
import type { TlsOptions } from "../platform/http/tls.ts"

/** Certificate chain, key and TLS options. */
export type TlsKeyPair = { readonly cert: string; readonly key: string } & TlsOptions

type Deps = {
  /** Name of its files in the data folder. */
  readonly name: string
  readonly authority: Pick<Authority, "ensureServer" | "issuingPem">
  /** Names in the certificate, read at every check. */
  readonly names: () => readonly string[]
  readonly tls: TlsOptions
  /** Called with each new certificate. */
  readonly onFresh: (keyPair: TlsKeyPair, serial: string) => void
  readonly onError: (error: unknown) => void
  readonly everyMs?: number
}
export type ServerCertificate = {
  /** The current certificate; checks continue until `stop`. */
  readonly start: () => Promise<TlsKeyPair>
  readonly stop: () => void
}

/** How often names are checked, so that an address from DHCP is in the certificate soon. */
const EVERY_MS = 20_000
/** How often age and authority are checked when no name has changed. */
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
