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
}

const BGP_V6: Source = {
  protocol: "bgp",
  prefix: "ispvmRouterBgp",
  menu: "/routing bgp peer",
  isUp: 'state="established"',
  name: "name",
  address: "remote-address",
  state: "state",
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
}

/**
 * What a neighbour is called is kept while it is up: when it goes its row may be gone as well. The first look after a restart says nothing.
 * Those that went come before those that came: a session that was built anew is another row.
 */
const watched = ({ protocol, prefix: p, menu, isUp, name, address, state }: Source): string => String.raw`:do {
${indent(globals(["ispvmRouterText", "ispvmRouterPut", `${p}Up`, `${p}Named`]))}  :local now [:toarray [${menu} find where ${isUp}]]
  :local nowText (";" . [:tostr $now] . ";")
  :local isFirst ([:typeof $${p}Up] != "array")
  :if ($isFirst) do={
    :set ${p}Up [:toarray ""]
    :set ${p}Named [:toarray ""]
  }
  :local beforeText (";" . [:tostr $${p}Up] . ";")
  :if ($nowText != $beforeText) do={
    :local added [:toarray ""]
    :local named [:toarray ""]
    :foreach row in=$${p}Up do={
      :local key [:tostr $row]
      :if ([:typeof [:find $nowText (";" . $key . ";")]] = "num") do={ :set ($named->$key) ($${p}Named->$key) } else={
        :local detail "gone"
        :do {
          :local still [${menu} get $row ${name}]
          :set detail ${state === null ? '"not established"' : `[:tostr [${menu} get $row ${state}]]`}
        } on-error={}
        :set added ($added , (($${p}Named->$key) . ",\"state\":\"down\",\"detail\":\"" . [$ispvmRouterText text=$detail] . "\""))
      }
    }
    :foreach row in=$now do={
      :local key [:tostr $row]
      :if ([:typeof [:find $beforeText (";" . $key . ";")]] != "num") do={
        :local who "\"kind\":\"peer\",\"protocol\":\"${protocol}\",\"name\":\"?\",\"address\":\"\""
        :local detail "established"
        :do {
          :set who ("\"kind\":\"peer\",\"protocol\":\"${protocol}\",\"name\":\"" . [$ispvmRouterText text=[:tostr [${menu} get $row ${name}]]] . "\",\"address\":\"" . [$ispvmRouterText text=[:tostr [${menu} get $row ${address}]]] . "\"")
${state === null ? "" : `          :set detail [:tostr [${menu} get $row ${state}]]\n`}        } on-error={}
        :set ($named->$key) $who
        :if (!$isFirst) do={ :set added ($added , ($who . ",\"state\":\"up\",\"detail\":\"" . [$ispvmRouterText text=$detail] . "\"")) }
      }
    }
    :set ${p}Named $named
    :set ${p}Up $now
    :if ([:len $added] > 0) do={ $ispvmRouterPut added=$added }
  }
} on-error={}
`

export const peersSource = (release: string): string =>
  `# ISP Visual Monitor: tells which BGP and OSPF neighbours came up or went.\n${[isV6(release) ? BGP_V6 : BGP_V7, OSPF].map(watched).join("")}`

/** Told when it changes by a tenth, and by five at least. */
export const sessionsSource =
  (): string => String.raw`# ISP Visual Monitor: tells when the number of PPP sessions has changed by a tenth, and by five at least.
${globals(["ispvmRouterPut", "ispvmRouterSessions"])}:local count [/ppp active print count-only]
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
