/** The certificate of a listener, renewed while it runs when names change or the end is near. */
import type { TlsOptions } from "../platform/http/tls.ts"

/** Certificate chain, key and TLS options. */
export type TlsKeyPair = { readonly cert: string; readonly key: string } & TlsOptions

/** The appliance's authority, or files of the provider's own. */
export type ServerCertificateSource = {
  readonly ensureServer: (
    name: string,
    names: readonly string[],
  ) => Promise<{
    readonly certificate: { readonly pem: string; readonly serial: string }
    readonly keyPem: string
    readonly fresh: boolean
  }>
  readonly issuingPem: string
  /** Read at every check: the certificate is read again when it has changed. */
  readonly version?: () => string
}

type Deps = {
  /** Name of its files in the data folder. */
  readonly name: string
  readonly authority: ServerCertificateSource
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
  const state = (): string => `${names().join(" ")} ${authority.version?.() ?? ""}`
  let checkedMs = 0
  let isChecking = false
  const keep = async (): Promise<{
    readonly keyPair: TlsKeyPair
    readonly fresh: boolean
    readonly serial: string
  }> => {
    const current = names()
    const before = state()
    const { certificate, keyPem, fresh } = await authority.ensureServer(name, current)
    named = before
    checkedMs = performance.now()
    return {
      keyPair: { cert: certificate.pem + authority.issuingPem, key: keyPem, ...tls },
      fresh,
      serial: certificate.serial,
    }
  }
  const check = async (): Promise<void> => {
    if (state() === named && performance.now() - checkedMs < HOUR_MS) return
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
