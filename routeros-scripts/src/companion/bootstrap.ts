/**
 * The one line to paste. It identifies the appliance by the fingerprint of its root certificate,
 * and only then requests the script.
 */
import { CHECK_CERTIFICATE } from "./commands.ts"
import { TAG } from "./part-spec.ts"
import { AUTHORITY } from "./parts/authority.ts"
import { quote } from "./quote.ts"

export type Bootstrap = {
  readonly host: string
  readonly port: number
  /** SHA-256 of the root's DER, 64 hex digits in lower case. */
  readonly caFingerprint: string
  /** Valid for one fetch; sent in a header, never in a URL. */
  readonly secret: string
  /** The release of the router; at present all releases use the same line. */
  readonly release: string
}

/**
 * The root is fetched without a check, because nothing is trusted yet. A certificate without the
 * fingerprint of this line is removed before any other request, and the secret is sent only
 * afterwards.
 */
export const bootstrapCommand = ({ host, port, caFingerprint, secret }: Bootstrap): string => {
  const at = `https://${host.includes(":") ? `[${host}]` : host}:${port}/push/v1`
  const root = `${AUTHORITY}.pem`
  const script = `${TAG}-onboard.rsc`
  const removeFile = (file: string): string => `/file remove [/file find where name=${quote(file)}]`
  const authority = `/certificate find where fingerprint=${quote(caFingerprint)}`
  const wrongAppliance =
    "ISP Visual Monitor: whoever answered is not the appliance this line was made for. Nothing was changed."
  const fetchFailed =
    "ISP Visual Monitor: the script could not be fetched. The line is good for once and for a while only: get a new one. The clock has to be right as well."
  const steps = [
    `:local known [/certificate find]`,
    `:if ([:len [${authority}]] = 0) do={ ${[
      `/tool fetch url=${quote(`${at}/ca`)} mode=https check-certificate=no dst-path=${quote(root)}`,
      ":delay 1s",
      `/certificate import file-name=${quote(root)} passphrase=""`,
      removeFile(root),
      `:foreach each in=[/certificate find where fingerprint!=${quote(caFingerprint)}] do={ :if ([:typeof [:find $known $each]] = "nil") do={ /certificate remove $each } }`,
    ].join("; ")} }`,
    `:if ([:len [${authority}]] = 0) do={ :error ${quote(wrongAppliance)} }`,
    `:if ([:len $known] < [:len [/certificate find]]) do={ /certificate remove [/certificate find where name=${quote(AUTHORITY)} and fingerprint!=${quote(caFingerprint)}]; /certificate set [${authority}] name=${quote(AUTHORITY)} trusted=yes }`,
    `:do { /tool fetch url=${quote(`${at}/script`)} mode=https ${CHECK_CERTIFICATE} http-header-field=${quote(`Authorization: Bearer ${secret}`)} dst-path=${quote(script)} } on-error={ :error ${quote(fetchFailed)} }`,
    ":delay 1s",
    `:do { /import file-name=${quote(script)} } on-error={ :put "ISP Visual Monitor: the script stopped; see above and the log." }`,
    removeFile(script),
  ]
  return `{ ${steps.join("; ")} }`
}
