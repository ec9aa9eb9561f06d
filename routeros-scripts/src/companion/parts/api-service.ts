/**
 * The API over TLS: with a certificate, for the agents' addresses, and without excluding present
 * users.
 */
import { asPrefix, indented, note, noteUndo, serviceAddresses, serviceRow } from "../commands.ts"
import type { DesiredConfig } from "../desired-config.ts"
import { type PartSpec, TAG } from "../part-spec.ts"
import { quote } from "../quote.ts"

export const CERTIFICATE = `${TAG}-api`
const DAYS = 3650

/** The state of the service: its row, whether it was off, and its allowed addresses. */
const before = (
  release: string,
  service: string,
): string => `:local service ${serviceRow(release, service)}
:local was "no"
:if ([/ip service get $service disabled]) do={ :set was "yes" }
:local sources [:toarray ""]
:foreach each in=[:toarray [/ip service get $service ${serviceAddresses(release)}]] do={ :set sources ($sources , [:tostr $each]) }
`
const listOf = (texts: readonly string[]): string =>
  `({${texts.map((each) => quote(each)).join(";")}})`

export const apiTls = (desired: DesiredConfig): PartSpec | null => {
  if (desired.api === null || desired.agents.length === 0) return null
  const agents = desired.agents.map(asPrefix)
  const certificate = `[/certificate find where name=${quote(CERTIFICATE)}]`
  const from = serviceAddresses(desired.release)
  const restore = quote(`/ip service set ${serviceRow(desired.release, "api-ssl")} disabled=`)
  return {
    id: "api-tls",
    title: "API over TLS for the agents",
    why: "Where the service has no certificate it gets one of its own, signed on the router. Where it was off, it is opened to the agents alone; where it was on with a list of addresses, the agents are added; where it was on for everybody, that stays the operator's choice; the certificate's fingerprint is told, so that the agents know whom to send the password to.",
    text: `${before(desired.release, "api-ssl")}:local cert [:tostr [/ip service get $service certificate]]
:if ([:len $cert] = 0) do={ :set cert "none" }
${noteUndo("api-ssl", `${restore} . $was . " ${from}=\\"" . [$ispvmJoin $sources] . "\\" certificate=\\"" . [$ispvmQuote $cert] . "\\""`)}:if ($cert = "none" or $cert = "*0") do={
  :if ([:len ${certificate}] = 0) do={
    /certificate add name=${quote(CERTIFICATE)} common-name=${quote(CERTIFICATE)} key-size=2048 days-valid=${DAYS} key-usage=digital-signature,key-encipherment,tls-server
    /certificate sign ${certificate}
  }
  :local tries 0
  :while ([:len [:tostr [/certificate get ${certificate} fingerprint]]] = 0 and $tries < 60) do={
    :set tries ($tries + 1)
    :delay 500ms
  }
  /ip service set $service certificate=${quote(CERTIFICATE)}
}
:if ($was = "yes") do={ :set sources [:toarray ""] }
:if ($was = "yes" or [:len $sources] > 0) do={
  :local isNew false
  :foreach agent in=${listOf(agents)} do={
    :if ([:typeof [:find $sources $agent]] = "nil") do={
      :set sources ($sources , $agent)
      :set isNew true
    }
  }
  :if ($isNew) do={ /ip service set $service ${from}=[$ispvmJoin $sources] }
} else={
  ${note("the API over TLS was open to every address before and still is.")}
}
:if ($was = "yes") do={ /ip service set $service disabled=no }
:do {
  :local shown [/certificate find where name=[:tostr [/ip service get $service certificate]]]
  :set ispvmDone ($ispvmDone , ("api-tls: certificate " . [/certificate get $shown fingerprint]))
} on-error={}
`,
    remove: `/certificate remove ${certificate}
`,
    needs: ["read", "write", "policy", "sensitive"],
    expects: [
      { menu: "/ip/service", by: { name: "api-ssl" }, want: { disabled: "false" }, secret: [] },
    ],
    remarks: [],
  }
}

export const apiPlain = (desired: DesiredConfig): PartSpec | null => {
  if (desired.api === null || desired.agents.length === 0) return null
  const ours = desired.agents.flatMap((each) => [each, asPrefix(each)])
  return {
    id: "api-plain",
    title: "API without TLS, disabled if only the agents used it",
    why: "It shows passwords on the wire. It is switched off only where its list of addresses names nobody but the agents; where others may use it, or everybody, it is theirs and is not touched.",
    text: `${before(desired.release, "api")}:local ours ${listOf(ours)}
:local others false
:foreach each in=$sources do={ :if ([:typeof [:find $ours $each]] = "nil") do={ :set others true } }
:if ($was = "no" and [:len $sources] > 0 and !$others) do={
${indented(noteUndo("api", quote(`/ip service set ${serviceRow(desired.release, "api")} disabled=no`)))}  /ip service set $service disabled=yes
}
`,
    remove: "",
    needs: ["read", "write"],
    expects: [],
    remarks: [],
  }
}
