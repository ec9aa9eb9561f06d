/**
 * The resident script's check of the ports. One cheap command per tick shows whether the set of
 * ports with a link changed; the `link-downs` counter shows outages between two checks.
 */

/** A member of the local array `added`: `about` holds the item's text up to the state. */
const add = (state: string): string => String.raw`:set added ($added , ($about . "${state}\""))`

/**
 * Runs before the loop. `linkUp`, `linkDowns`: by port, the last reported state and the number of
 * reported outages; `linkText`: the ports with a link at the last check.
 */
export const LINKS_SETUP = `:local linkUp [:toarray ""]
:local linkDowns [:toarray ""]
:local linkText ""
`

/**
 * One check. Uses the locals `slow` (examines every port, not only changed ones) and `inside`;
 * fills `added`.
 *
 * A port is examined counter first, running second: the next check then sees an outage in between,
 * and sees it once. Where the list shows an outage before the counter does, it is counted in
 * advance (`+ 1`); the next slow check corrects a count that never followed. A port that is seen
 * for the first time only sets the baseline.
 */
export const LINKS_POLL = String.raw`:local nowText (";" . [:tostr [/interface ethernet find where running]] . ";")
:if ($slow or $nowText != $linkText) do={
  :set linkText $nowText
  :foreach port in=[/interface ethernet find] do={
    :do {
      :local key [:tostr $port]
      :local was ($linkUp->$key)
      :local is ([:typeof [:find $nowText (";" . $key . ";")]] = "num")
      :if ($slow or [:typeof $was] != "bool" or $is != $was) do={
        :local called [/interface ethernet get $port name]
        :local row [/interface find where name=$called]
        :local count [/interface get $row link-downs]
        :set is [/interface get $row running]
        :local fell 0
        :if ([:typeof $count] = "num" and [:typeof ($linkDowns->$key)] = "num") do={ :set fell ($count - ($linkDowns->$key)) }
        :if ([:typeof $was] = "bool") do={
          :local about ("\"kind\":\"link\",\"name\":\"" . [$inside text=$called] . "\",\"state\":\"")
          :local state $was
          :if (!$state and $fell > 0) do={ ${add("up")}; :set state true }
          :if ($state and ($fell > 0 or !$is)) do={
            :if ($fell > 1) do={ :set added ($added , ($about . "down\",\"downs\":" . $fell)) } else={ ${add("down")} }
            :set state false
          }
          :if (!$state and $is) do={ ${add("up")} }
        }
        :set ($linkUp->$key) $is
        :if ([:typeof $count] = "num") do={
          :if ([:typeof $was] = "bool" and $was and !$is and $fell <= 0) do={ :set ($linkDowns->$key) ($count + 1) } else={
            :if ($slow or $fell > 0 or [:typeof ($linkDowns->$key)] != "num") do={ :set ($linkDowns->$key) $count }
          }
        }
      }
    } on-error={}
  }
}
`
