/** The appliance's root certificate: the router checks every post against it. */
import { asFile, failPart } from "../commands.ts"
import type { DesiredConfig } from "../desired-config.ts"
import { type PartSpec, TAG } from "../part-spec.ts"
import { quote } from "../quote.ts"

export const AUTHORITY = `${TAG}-ca`

export const authority = (desired: DesiredConfig): PartSpec | null => {
  if (desired.push === null) return null
  const { pem, fingerprint } = desired.authority
  const file = asFile(desired.release, AUTHORITY)
  const ours = `fingerprint=${quote(fingerprint)}`
  return {
    id: "authority",
    title: "CA certificate of the appliance",
    why: "The router posts only to who holds a certificate of this authority. It is imported by way of a file, which is removed at once, and compared by fingerprint; one that is there already stays as it is.",
    text: `/certificate remove [/certificate find where name=${quote(AUTHORITY)} and fingerprint!=${quote(fingerprint)}]
:if ([:len [/certificate find where ${ours}]] = 0) do={
  ${file.make(pem)}
  /certificate import file-name=${quote(file.name)} passphrase=""
  /file remove [/file find where name=${quote(file.name)}]
  :if ([:len [/certificate find where ${ours}]] = 0) do={
    ${failPart("the appliance's certificate authority could not be imported: the router cannot report.")}
  }
  /certificate set [/certificate find where ${ours}] name=${quote(AUTHORITY)} trusted=yes
}
`,
    remove: `/certificate remove [/certificate find where name=${quote(AUTHORITY)}]
/file remove [/file find where name=${quote(file.name)}]
`,
    needs: ["read", "write", "policy", "test", "sensitive"],
    expects: [{ menu: "/certificate", by: { fingerprint }, want: {}, secret: [] }],
    remarks: [],
  }
}
