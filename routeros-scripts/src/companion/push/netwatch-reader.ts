/**
 * Reads the entries of netwatch; a function of the resident script. The entries have no scripts of
 * their own: netwatch runs those as a system user, whose variables no other user sees, and without
 * the policy that would show them the variables of others.
 */
import { TAG } from "../part-spec.ts"
import { quote } from "../quote.ts"
import { ESCAPING } from "./snippets.ts"

const MENU = "/tool netwatch"
const OURS = `comment~"^${TAG}: "`

/** Cheap enough for each tick: the text changes when the state of an entry does. */
export const NETWATCH_TEXT = `([:tostr [${MENU} find where ${OURS} and status="up"]] . "/" . [:tostr [${MENU} find where ${OURS} and status="down"]])`

/** A round-trip time in microseconds, from the menu's number or time. */
const MICROS = `:local micros do={
  :local us $value
  :if ([:typeof $us] = "str") do={ :set us [:totime $us] }
  :if ([:typeof $us] = "time") do={
    :local text [:tostr $us]
    :local dot [:find $text "."]
    :if ([:typeof $dot] = "num") do={
      :local part ([:pick $text ($dot + 1) [:len $text]] . "000000")
      :set us ([:tonum [:pick $text ($dot - 2) $dot]] * 1000000 + [:tonum ("1" . [:pick $part 0 6])] - 1000000)
    } else={ :set us ([:tonum [:pick $text ([:len $text] - 2) [:len $text]]] * 1000000) }
  }
  :return $us
}
`

const add = (because: string, state: string, more = ""): string =>
  String.raw`:set added ($added , ($about . "${because}\",\"state\":\"" . ${state} . "\""${more}))`

/**
 * The first state is reported, because it is a state and not only a change. An entry that is up
 * again but failed a test between two reads was down: the counter of failed tests shows that
 * (RouterOS 7). `measured`: comments of the entries whose every test is reported.
 */
export const netwatchSource = (
  measured: readonly string[],
): string => String.raw`# ISP Visual Monitor: what netwatch found of the entries with our tag, for the resident script.
:local inside do=${ESCAPING}
${MICROS}:local added [:toarray ""]
:local states ($state->"states")
:local tests ($state->"tests")
:local fails ($state->"fails")
:if ([:typeof $states] != "array") do={
  :set states [:toarray ""]
  :set tests [:toarray ""]
  :set fails [:toarray ""]
}
:local measured ({${measured.length === 0 ? '""' : measured.map((comment) => quote(comment)).join(";")}})
:foreach row in=[${MENU} find where ${OURS}] do={
  :do {
    :local is [${MENU} get $row]
    :local key ($is->"comment")
    :local now ($is->"status")
    :local failed ($is->"failed-tests")
    :local done ($is->"done-tests")
    :local probe ($is->"type")
    :if ([:typeof $probe] != "str") do={ :set probe "simple" }
    :if ($now = "up" or $now = "down") do={
      :local was ($states->$key)
      :local figures ""
      :local rtt [$micros value=($is->"rtt-avg")]
      :if ($probe = "tcp-conn") do={ :set rtt [$micros value=($is->"tcp-connect-time")] }
      :if ([:typeof $rtt] = "num") do={ :set figures (",\"rtt\":" . $rtt) }
      :local loss ($is->"loss-percent")
      :if ([:typeof ($is->"sent-count")] = "num" and [:typeof ($is->"loss-count")] = "num") do={ :if (($is->"sent-count") > 0) do={ :set loss (($is->"loss-count") * 100 / ($is->"sent-count")) } }
      :if ($probe = "icmp" and [:typeof $loss] = "num") do={ :set figures ($figures . ",\"loss\":" . $loss) }
      :local about ("\"kind\":\"watch\",\"name\":\"" . [$inside text=[:pick $key ${TAG.length + 2} [:len $key]]] . "\",\"host\":\"" . [$inside text=[:tostr ($is->"host")]] . "\",\"type\":\"" . [$inside text=$probe] . "\",\"because\":\"")
      :if ($was = "up" and $now = "up" and [:typeof $failed] = "num" and [:typeof ($fails->$key)] = "num") do={
        :if ($failed > ($fails->$key)) do={ ${add("change", '"down"')}; :set was "down" }
      }
      :if ($was != $now) do={ ${add("change", "$now", " . $figures")} } else={
        :if ($done != ($tests->$key) and [:typeof [:find $measured $key]] != "nil") do={ ${add("test", "$now", " . $figures")} }
      }
      :set ($states->$key) $now
      :set ($tests->$key) $done
      :set ($fails->$key) $failed
    }
  } on-error={}
}
:return ({"states"=$states;"tests"=$tests;"fails"=$fails;"added"=$added})
`
