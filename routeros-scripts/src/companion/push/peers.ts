/**
 * Neighbours and sessions: functions of the resident script, stored by themselves. Where a package is missing (v6) RouterOS refuses a
 * script as a whole, and so only that one. The list of those that are up is one cheap command; only when it has changed are rows
 * looked at. What was seen last is passed in as `$state` and returned; `added` in it holds the new items.
 */
import { isV6 } from "../features.ts"
import { ESCAPING } from "./snippets.ts"

type Source = {
  readonly protocol: "bgp" | "ospf"
  readonly menu: string
  readonly upCondition: string
  /** Properties with its name and its address. */
  readonly name: string
  readonly address: string
  /** Property with its state in the router's word; null where there is none. */
  readonly state: string | null
  /** Finds the row of one that is called `$called`. */
  readonly findByName: string
}

const BGP_V6: Source = {
  protocol: "bgp",
  menu: "/routing bgp peer",
  upCondition: 'state="established"',
  name: "name",
  address: "remote-address",
  state: "state",
  findByName: "name=$called",
}
const BGP_V7: Source = {
  ...BGP_V6,
  menu: "/routing bgp session",
  upCondition: "established",
  address: "remote.address",
  state: null,
}
/** Two that are not elected rest in 2-Way. */
const OSPF: Source = {
  protocol: "ospf",
  menu: "/routing ospf neighbor",
  upCondition: '(state="Full" or state="2-Way")',
  name: "router-id",
  address: "address",
  state: "state",
  findByName: "router-id=[:toip $called]",
}

/** Looks at the list, a whole minute of them. */
const FULL_POLL_EVERY = 12
/**
 * Who was up is kept by what the push says of him, since his row and its number may be gone when he is. The first look after a restart says
 * nothing. Where rows are numbered anew each time one that went and one that came look like none: once a minute all of them are looked at.
 * Those that went come before those that came: a session that was built anew may be both. Each row is got as a whole: what `print
 * as-value` holds is what is printed, and in RouterOS 6 neither a peer's name nor its state is; and property by property, two rows might be mixed.
 */
const peerStep = ({
  protocol: p,
  menu,
  upCondition,
  name,
  address,
  state,
  findByName,
}: Source): string => String.raw`:local ${p}Up ($state->"${p}Up")
:local ${p}Rows ($state->"${p}Rows")
:local ${p}Looks ($state->"${p}Looks")
:do {
  :local rows [:tostr [${menu} find where ${upCondition}]]
  :local isFirst ([:typeof $${p}Up] != "array")
  :if ($isFirst) do={
    :set ${p}Up [:toarray ""]
    :set ${p}Looks 0
  }
  :set ${p}Looks ($${p}Looks + 1)
  :if ($isFirst or $rows != $${p}Rows or $${p}Looks >= ${FULL_POLL_EVERY}) do={
    :local before $${p}Up
    :local up [:toarray ""]
    :local came [:toarray ""]
    :local went [:toarray ""]
    :foreach row in=[${menu} find where ${upCondition}] do={
      :do {
        :local is [${menu} get $row]
        :local called [:tostr ($is->"${name}")]
        :local who ("\"kind\":\"peer\",\"protocol\":\"${p}\",\"name\":\"" . [$inside text=$called])
        :set who ($who . "\",\"address\":\"" . [$inside text=[:tostr ($is->"${address}")]] . "\"")
        :local detail ${p === "bgp" ? '"established"' : `[:tostr ($is->"${state}")]`}
        :set ($up->$who) $called
        :if (!$isFirst and [:typeof ($before->$who)] != "str") do={
          :set came ($came , ($who . ",\"state\":\"up\",\"detail\":\"" . [$inside text=$detail] . "\""))
        }
      } on-error={}
    }
    :foreach who,called in=$before do={
      :if ([:typeof ($up->$who)] != "str") do={
        :local detail "gone"
        :do {
          :foreach row in=[${menu} find where ${findByName}] do={ :set detail ${state === null ? '"not established"' : `[:tostr [${menu} get $row ${state}]]`} }
        } on-error={}
        :set went ($went , ($who . ",\"state\":\"down\",\"detail\":\"" . [$inside text=$detail] . "\""))
      }
    }
    :set ${p}Looks 0
    :set ${p}Up $up
    :set ${p}Rows $rows
    :foreach item in=$went do={ :set added ($added , $item) }
    :foreach item in=$came do={ :set added ($added , $item) }
  }
} on-error={}
`

const returnedState = (p: string): string =>
  ["Up", "Rows", "Looks"].map((name) => `"${p}${name}"=$${p}${name};`).join("")

export const peersSource = (release: string): string =>
  `# ISP Visual Monitor: which BGP and OSPF neighbours came up or went, for the resident script.
:local inside do=${ESCAPING}
:local added [:toarray ""]
${[isV6(release) ? BGP_V6 : BGP_V7, OSPF].map(peerStep).join("")}:return ({${returnedState("bgp")}${returnedState("ospf")}"added"=$added})
`

/** Told when it changes by a tenth, and by five at least. */
export const sessionsSource =
  (): string => String.raw`# ISP Visual Monitor: when the number of PPP sessions has changed by a tenth, and by five at least, for the resident script.
:local added [:toarray ""]
:local count [/ppp active print count-only]
:local told ($state->"told")
:if ([:typeof $told] != "num") do={ :set told $count }
:local change ($count - $told)
:if ($change < 0) do={ :set change (0 - $change) }
:if ($change >= 5 and ($change * 10) >= $told) do={
  :set added ($added , ("\"kind\":\"sessions\",\"count\":" . $count . ",\"was\":" . $told))
  :set told $count
}
:return ({"told"=$told;"count"=$count;"added"=$added})
`
