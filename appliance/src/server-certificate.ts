/** A listener's certificate, kept good while it runs: a new address of the machine or an end that is near needs no restart. */
import type { Authority } from "@ispvm/pki"
import type { TlsOptions } from "./platform/tls.ts"

/** The chain, its key, and how TLS is spoken with them. */
export type Papers = { readonly cert: string; readonly key: string } & TlsOptions

type Deps = {
  /** Of the files it is kept in. */
  readonly name: string
  readonly authority: Pick<Authority, "keepServer" | "issuingPem">
  /** What the certificate names; read anew at every check. */
  readonly names: () => readonly string[]
  readonly tls: TlsOptions
  /** Called with a certificate that has taken the place of the one before. */
  readonly onFresh: (papers: Papers, serial: string) => void
  readonly onError: (error: unknown) => void
  readonly everyMs?: number
}
export type ServerCertificate = {
  /** The certificate of now; checks go on until `stop`. */
  readonly start: () => Promise<Papers>
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
  const keep = async (): Promise<{ readonly papers: Papers; readonly fresh: boolean; readonly serial: string }> => {
    const wanted = names()
    const { certificate, keyPem, fresh } = await authority.keepServer(name, wanted)
    named = wanted.join(" ")
    checkedMs = performance.now()
    return {
      papers: { cert: certificate.pem + authority.issuingPem, key: keyPem, ...tls },
      fresh,
      serial: certificate.serial,
    }
  }
  const check = async (): Promise<void> => {
    if (names().join(" ") === named && performance.now() - checkedMs < HOUR_MS) return
    const { papers, fresh, serial } = await keep()
    if (fresh) onFresh(papers, serial)
  }
  return {
    start: async () => {
      const { papers } = await keep()
      timer = setInterval(() => {
        if (isChecking) return
        isChecking = true
        void check()
          .catch(onError)
          .finally(() => {
            isChecking = false
          })
      }, everyMs).unref()
      return papers
    },
    stop: () => clearInterval(timer),
  }
}
