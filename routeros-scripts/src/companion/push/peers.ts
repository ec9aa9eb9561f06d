/**
 * Neighbours and sessions, looked at every five seconds by stored scripts of their own: where a package is missing (v6) RouterOS refuses the
 * script as a whole, and only that one. The list of those that are up is one cheap command; only when it has changed are rows looked at.
 */
import { isV6 } from "../features.ts"
import { globals, indent } from "./queue.ts"

type Source = {
  readonly protocol: "bgp" | "ospf"
  /** In front of its variables. */
  readonly prefix: string
  readonly menu: string
  readonly isUp: string
  /** Properties with its name and its address. */
  readonly name: string
  readonly address: string
  /** Property with its state in the router's word; null where there is none. */
  readonly state: string | null
  /** Finds the row of one that is called `$called`. */
  readonly again: string
}

const BGP_V6: Source = {
  protocol: "bgp",
  prefix: "ispvmRouterBgp",
  menu: "/routing bgp peer",
  isUp: 'state="established"',
  name: "name",
  address: "remote-address",
  state: "state",
  again: "name=$called",
}
const BGP_V7: Source = { ...BGP_V6, menu: "/routing bgp session", isUp: "established", address: "remote.address", state: null }
/** Two that are not elected rest in 2-Way. */
const OSPF: Source = {
  protocol: "ospf",
  prefix: "ispvmRouterOspf",
  menu: "/routing ospf neighbor",
  isUp: '(state="Full" or state="2-Way")',
  name: "router-id",
  address: "address",
  state: "state",
  again: "router-id=[:toip $called]",
}

/** Looks at the list, a whole minute of them. */
const LOOKS = 12
/**
 * Who was up is kept by what the push says of him, since his row and its number may be gone when he is. The first look after a restart says
 * nothing. Where rows are numbered anew each time one that went and one that came look like none: once a minute all of them are looked at.
 * Those that went come before those that came: a session that was built anew may be both. Each row is got as a whole: what `print
 * as-value` holds is what is printed, and in RouterOS 6 neither a peer's name nor its state is; and property by property, two rows might be mixed.
 */
const watched = ({ protocol, prefix: p, menu, isUp, name, address, state, again }: Source): string => String.raw`:do {
${indent(globals(["ispvmRouterText", "ispvmRouterPut", `${p}Up`, `${p}Rows`, `${p}Looks`]))}  :local rows [:tostr [${menu} find where ${isUp}]]
  :local isFirst ([:typeof $${p}Up] != "array")
  :if ($isFirst) do={
    :set ${p}Up [:toarray ""]
    :set ${p}Looks 0
  }
  :set ${p}Looks ($${p}Looks + 1)
  :if ($isFirst or $rows != $${p}Rows or $${p}Looks >= ${LOOKS}) do={
    :set ${p}Looks 0
    :local before $${p}Up
    :local up [:toarray ""]
    :local came [:toarray ""]
    :local added [:toarray ""]
    :foreach row in=[${menu} find where ${isUp}] do={
      :do {
        :local is [${menu} get $row]
        :local called [:tostr ($is->"${name}")]
        :local who ("\"kind\":\"peer\",\"protocol\":\"${protocol}\",\"name\":\"" . [$ispvmRouterText text=$called])
        :set who ($who . "\",\"address\":\"" . [$ispvmRouterText text=[:tostr ($is->"${address}")]] . "\"")
        :local detail ${protocol === "bgp" ? '"established"' : `[:tostr ($is->"${state}")]`}
        :set ($up->$who) $called
        :if (!$isFirst and [:typeof ($before->$who)] != "str") do={
          :set came ($came , ($who . ",\"state\":\"up\",\"detail\":\"" . [$ispvmRouterText text=$detail] . "\""))
        }
      } on-error={}
    }
    :foreach who,called in=$before do={
      :if ([:typeof ($up->$who)] != "str") do={
        :local detail "gone"
        :do {
          :foreach row in=[${menu} find where ${again}] do={ :set detail ${state === null ? '"not established"' : `[:tostr [${menu} get $row ${state}]]`} }
        } on-error={}
        :set added ($added , ($who . ",\"state\":\"down\",\"detail\":\"" . [$ispvmRouterText text=$detail] . "\""))
      }
    }
    :set ${p}Up $up
    :set ${p}Rows $rows
    :set added ($added , $came)
    :if ([:len $added] > 0) do={ $ispvmRouterPut added=$added }
  }
} on-error={}
`

export const peersSource = (release: string): string =>
  `# ISP Visual Monitor: tells which BGP and OSPF neighbours came up or went.\n${[isV6(release) ? BGP_V6 : BGP_V7, OSPF].map(watched).join("")}`

/** Told when it changes by a tenth, and by five at least. */
export const sessionsSource =
  (): string => String.raw`# ISP Visual Monitor: tells when the number of PPP sessions has changed by a tenth, and by five at least.
${globals(["ispvmRouterPut", "ispvmRouterSessions", "ispvmRouterSessionCount"])}:local count [/ppp active print count-only]
:set ispvmRouterSessionCount $count
:if ([:typeof $ispvmRouterSessions] != "num") do={ :set ispvmRouterSessions $count }
:local change ($count - $ispvmRouterSessions)
:if ($change < 0) do={ :set change (0 - $change) }
:if ($change >= 5 and ($change * 10) >= $ispvmRouterSessions) do={
  :local added [:toarray ""]
  :set added ($added , ("\"kind\":\"sessions\",\"count\":" . $count . ",\"was\":" . $ispvmRouterSessions))
  :set ispvmRouterSessions $count
  $ispvmRouterPut added=$added
}
`
