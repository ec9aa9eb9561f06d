/**
 * The resident watcher: one cheap command a tick tells whether any port's link changed. It lives in a job that a scheduler starts again when
 * its stamp grows old; what it last saw is in a variable, so that a new one goes on where the old one stopped. After a restart of the router
 * that variable is gone, and the first look says nothing: how things stand is for the heartbeat to tell.
 */
import { NAMES } from "./names.ts"
import { globals, indent, put, ROUTER_QUEUE } from "./queue.ts"
import { ESCAPING, hasStamp } from "./source.ts"

const EVERY_TICKS = { stamp: 6, slow: 16 } as const
const TICK = "300ms"
/** Looks of five seconds after which another job takes over, so that none grows old: whatever a long-lived script keeps goes with it. */
const TAKEN_OVER_AFTER = 720
/** A scheduler that looks every 3 s, and a stamp at least every 2 s: replaced within 9 s. */
export const GUARD_INTERVAL_S = 3
const DEAD_AFTER = "6s"

/** Functions that the watcher and the scripts beside it call. No key in here: variables are readable to more people than scripts are. */
export const functionsSource = (
  most: number,
): string => `# ISP Visual Monitor: what its scripts share. Nothing is done here but naming.
# A text as it stands inside a JSON string.
:global ispvmRouterText do=${ESCAPING}
# A counter as a member of a JSON object, of two perhaps the sum; what is not counted is nothing.
:global ispvmRouterCount do={
  :local sum 0
  :if ([:typeof $value] = "num") do={ :set sum $value }
  :if ([:typeof $more] = "num") do={ :set sum ($sum + $more) }
  :return (",\\"" . $key . "\\":" . $sum)
}
# Queues the items in $added and has them sent.
:global ispvmRouterPut do={
${indent(put(ROUTER_QUEUE, most))}}
`

/** `also`: stored scripts to be run every five seconds; one that fails takes nothing else with it. */
export const watchSource = (
  also: readonly string[],
): string => `# ISP Visual Monitor: watches the links of the ports, ${also.length === 0 ? "and nothing else" : `and has ${also.join(" and ")} look every five seconds`}.
/system script run ${NAMES.functions}
${globals(["ispvmRouterText", "ispvmRouterPut", "ispvmRouterWatchAt", "ispvmRouterWatchRun", "ispvmRouterLinks", "ispvmRouterQueue"])}:if ([:typeof $ispvmRouterWatchRun] != "num") do={ :set ispvmRouterWatchRun 0 }
:set ispvmRouterWatchRun ($ispvmRouterWatchRun + 1)
:set ispvmRouterWatchAt [/system resource get uptime]
:local mine $ispvmRouterWatchRun
:local source ([/system script get ${NAMES.watch} source] . [/system script get ${NAMES.functions} source])
:if ([:typeof $ispvmRouterLinks] != "array") do={ :set ispvmRouterLinks [:toarray [/interface ethernet find where running]] }
:local before $ispvmRouterLinks
:local beforeText (";" . [:tostr $before] . ";")
:local tick 0
:local looks 0
:while ($ispvmRouterWatchRun = $mine) do={
  :local now [:toarray [/interface ethernet find where running]]
  :local nowText (";" . [:tostr $now] . ";")
  :if ($nowText != $beforeText and $ispvmRouterWatchRun = $mine) do={
    :local added [:toarray ""]
    :foreach port in=$before do={
      :if ([:typeof [:find $nowText (";" . $port . ";")]] != "num") do={
        :do { :set added ($added , ${linkItem("down")}) } on-error={}
      }
    }
    :foreach port in=$now do={
      :if ([:typeof [:find $beforeText (";" . $port . ";")]] != "num") do={
        :do { :set added ($added , ${linkItem("up")}) } on-error={}
      }
    }
    :set before $now
    :set beforeText $nowText
    :set ispvmRouterLinks $now
    :if ([:len $added] > 0) do={ $ispvmRouterPut added=$added }
  }
  :set tick ($tick + 1)
  :if (($tick % ${EVERY_TICKS.stamp}) = 0) do={ :set ispvmRouterWatchAt [/system resource get uptime] }
  :if ($tick >= ${EVERY_TICKS.slow}) do={
    :set tick 0
    :set looks ($looks + 1)
    :if ($looks = ${TAKEN_OVER_AFTER}) do={ :execute "/system script run ${NAMES.watch}" }
${also.map((name) => `    :do { /system script run ${name} } on-error={}\n`).join("")}    # A sender that was stopped half way is started again.
    :if ([:len $ispvmRouterQueue] > 0) do={ $ispvmRouterPut added=[:toarray ""] }
    # Changed or taken out: the scheduler starts the new one, if there is one.
    :local same false
    :do { :set same ($source = ([/system script get ${NAMES.watch} source] . [/system script get ${NAMES.functions} source])) } on-error={}
    :if (!$same and $ispvmRouterWatchRun = $mine) do={
      :set ispvmRouterWatchRun ($mine + 1)
      :set ispvmRouterWatchAt false
    }
  }
  :if ($ispvmRouterWatchRun = $mine) do={ :delay ${TICK} }
}
`

const linkItem = (state: "up" | "down"): string =>
  String.raw`("\"kind\":\"link\",\"name\":\"" . [$ispvmRouterText text=[/interface ethernet get $port name]] . "\",\"state\":\"${state}\"")`

/** Watchers at once, one that takes over among them, and jobs at all, beyond which none is started whatever the stamp says. */
const MOST_WATCHERS = 3
const MOST_JOBS = 50

/**
 * On the scheduler: nothing but a look at the stamp. The jobs are counted as well: where a router should keep the stamp from the scheduler,
 * a watcher every three seconds would sooner or later take all of its memory.
 */
export const guardSource = (): string => `:global ispvmRouterWatchAt
:local alive false
:if (${hasStamp("$ispvmRouterWatchAt")}) do={ :if (([/system resource get uptime] - $ispvmRouterWatchAt) < ${DEAD_AFTER}) do={ :set alive true } }
:if (!$alive and [:len [/system script job find where script="${NAMES.watch}"]] < ${MOST_WATCHERS} and [:len [/system script job find]] < ${MOST_JOBS}) do={
  :execute "/system script run ${NAMES.watch}"
}
`
