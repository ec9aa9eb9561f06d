/**
 * Neighbours and sessions: functions of the resident script, each stored separately. Where a
 * package is missing (v6), RouterOS rejects a script as a whole, and then only that one. One cheap
 * command lists the entries that are up; rows are read only when the list has changed. The previous
 * state is passed in as `$state` and returned; its `added` holds the new items.
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
  /** The property with its state in the router's term; null where there is none. */
  readonly state: string | null
  /** Finds the row with the name `$called`. */
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
/** Two neighbours of which neither is elected stay in 2-Way. */
const OSPF: Source = {
  protocol: "ospf",
  menu: "/routing ospf neighbor",
  upCondition: '(state="Full" or state="2-Way")',
  name: "router-id",
  address: "address",
  state: "state",
  findByName: "router-id=[:toip $called]",
}

/** Checks of the list per full read of all rows: one minute. */
const FULL_POLL_EVERY = 12
/**
 * An entry that was up is kept by its name in the push, because its row and number may be gone when
 * it goes down. The first check after a restart reports nothing. Where rows are renumbered, one
 * that went and one that came look like no change: once per minute, all rows are read. Entries that
 * went down come before those that came up: a session that was established again may be both. Each
 * row is read as a whole: `print as-value` holds only what is printed, which in RouterOS 6 includes
 * neither name nor state of a peer; reading property by property might mix two rows.
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

/** Reported when the number changes by a tenth, and by five at least. */
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
