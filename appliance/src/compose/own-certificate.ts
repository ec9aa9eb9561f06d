/** The UI's certificate: the provider's own where it is usable, else one of the authority's. */
import type { Authority } from "@ispvm/pki"
import type { ServerCertificateSource } from "../listeners/server-certificate.ts"
import {
  type CertificateFault,
  type OwnCertificate,
  ownCertificateVersion,
  readOwnCertificate,
} from "../machine/ui-certificate.ts"
import { textOf } from "../messages/text.ts"
import type { Log } from "../platform/log.ts"

type Deps = {
  readonly dataDir: string
  readonly authority: Pick<Authority, "ensureServer" | "issuingPem">
  readonly now: () => number
  readonly log: Pick<Log, "warn" | "info">
}
export type UiAuthority = ServerCertificateSource & {
  /** Changes with the files of the provider's certificate. */
  readonly version: () => string
  /** Why the provider's certificate is not used; null: it is, or there is none. */
  readonly fault: () => CertificateFault | null
  readonly expiresAtMs: () => number | null
  /** The provider's certificate is for these names; wildcards are left out. In lower case. */
  readonly hostNames: () => readonly string[]
}

/** Of the text of a subject alternative name: `DNS:a.example.net, IP Address:192.0.2.1`. Pure. */
const dnsNamesIn = (names: string): readonly string[] =>
  [...names.matchAll(/DNS:([\w.-]+)(?:,|$)/g)].map(([, name = ""]) => name.toLowerCase())

export const createUiAuthority = ({ dataDir, authority, now, log }: Deps): UiAuthority => {
  let used: OwnCertificate | null = null
  let fault: CertificateFault | null = null
  return {
    // The provider's file holds the whole chain.
    get issuingPem() {
      return used === null ? authority.issuingPem : ""
    },
    ensureServer: async (name, names) => {
      const before = used?.serial
      const found = readOwnCertificate(dataDir, now())
      used = typeof found === "string" ? null : found
      fault = typeof found === "string" ? found : null
      if (fault !== null)
        log.warn({ reason: fault }, textOf({ code: "health.certificate", params: { fault } }))
      if (used === null) {
        const own = await authority.ensureServer(name, names)
        return before === undefined ? own : { ...own, fresh: true }
      }
      const { chain, key, serial } = used
      return { certificate: { pem: chain, serial }, keyPem: key, fresh: serial !== before }
    },
    version: () => ownCertificateVersion(dataDir),
    fault: () => fault,
    expiresAtMs: () => used?.notAfterMs ?? null,
    hostNames: () => (used === null ? [] : dnsNamesIn(used.names)),
  }
}
