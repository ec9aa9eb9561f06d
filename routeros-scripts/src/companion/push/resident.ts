/**
 * The resident script: one job that checks ports, neighbours, sessions and netwatch, and has
 * changes posted. All of its variables are local, because on some releases scripts without the
 * policy `policy` may not see global variables. A scheduler starts it when no job of its name runs.
 *
 * Globals only pass its state to the next job (after a restart of the script, for another version,
 * every hour), where the router allows it. A state that is not recent is not used, so a state that
 * only some jobs can see does no harm. Where globals are not visible, a new job begins with a new
 * boot id, and its first check sets the baseline.
 */
import type { Profile, PushConfig } from "../desired-config.ts"
import { LINKS_POLL, LINKS_SETUP } from "./links.ts"
import { countsSessions, hasPeers, NAMES } from "./names.ts"
import { NETWATCH_TEXT } from "./netwatch-reader.ts"
import { enqueue, QUOTING, SENDER_SETUP, senderStep } from "./sender.ts"
import { bootId, ESCAPING, indent } from "./snippets.ts"

const LOOP_DELAY = "300ms"
const EVERY_LOOPS = { stamp: 6, slow: 16 } as const
/**
 * Slow checks (one hour) after which another job takes over, so that no job accumulates what a
 * long-lived script keeps.
 */
const MAX_SLOW_POLLS = 720
/** How often the scheduler checks whether the job runs. */
export const GUARD_INTERVAL_S = 10
/** No job is started beyond this number, whatever the list of jobs shows. */
const MAX_JOBS = 50
/** A state in the globals that is older than this is not from the previous job. */
const MAX_STATE_AGE = "1m"

const JOB_COUNT = `[:len [/system script job find where script="${NAMES.resident}"]]`

/** The state that is passed on: names and required types. */
const STATE_VARIABLES = [
  ["boot", "str"],
  ["seq", "num"],
  ["lost", "num"],
  ["queue", "array"],
  ["beats", "num"],
  ["linkUp", "array"],
  ["linkDowns", "array"],
  ["watchState", "array"],
  ["peerState", "array"],
  ["sessionState", "array"],
] as const

const LOAD_STATE = `:do {
  :global ispvmRouterState
  :global ispvmRouterAt
  :local now [/system resource get uptime]
  :if ([:typeof $ispvmRouterState] = "array" and [:typeof $ispvmRouterAt] = "time") do={
    :if ($now >= $ispvmRouterAt and ($now - $ispvmRouterAt) < ${MAX_STATE_AGE}) do={
${STATE_VARIABLES.map(([name, type]) => `      :if ([:typeof ($ispvmRouterState->"${name}")] = "${type}") do={ :set ${name} ($ispvmRouterState->"${name}") }\n`).join("")}      :if ([:len $queue] > 0) do={ :set urgent true }
      :set linkText ""
    }
  }
} on-error={}
`

const SAVE_STATE = `:do {
  :global ispvmRouterState
  :global ispvmRouterAt
  :if ($changed) do={ :set ispvmRouterState ({${STATE_VARIABLES.map(([name]) => `"${name}"=$${name}`).join(";")}}) }
  :set ispvmRouterAt $now
} on-error={}
:set changed false
`

/** A stored function; `has…` is true where the router could read it. */
const loadHelper = (name: string, stored: string): string => `:local ${name} ""
:local ${name}Runs false
:do {
  :set ${name} [:parse [/system script get ${stored} source]]
  :set ${name}Runs true
} on-error={}
`

/** Passes the function its state and takes its items; a function that fails is not called again. */
const callHelper = (name: string, state: string): string => `:if ($${name}Runs) do={
  :do {
    :local after [$${name} state=$${state}]
    :if ([:typeof $after] = "array") do={
      :foreach item in=($after->"added") do={ :set added ($added , $item) }
      :set ($after->"added") [:toarray ""]
      :set ${state} $after
      :set changed true
    } else={ :set ${name}Runs false }
  } on-error={}
}
`

const heartbeatStep = (everyS: number): string => String.raw`:if ($now >= $beatDue) do={
  :set beatDue ($now + ${everyS}s)
  :set beats ($beats + 1)
  :set changed true
  :local count ($sessionState->"count")
  :if ([:typeof $count] != "num") do={ :set count "null" }
  :do { /system script job remove [/system script job find where .id=$beatJob] } on-error={}
  :set beatJob [:execute (":local beat [:parse [/system script get ${NAMES.heartbeat} source]]; \$beat boot=\"" . $boot . "\" seq=" . $beats . " sessions=" . $count)]
}
`

const sourcesOf = (names: readonly string[]): string =>
  `(${names.map((name) => `[/system script get ${name} source]`).join(" . ")})`

/** `hasWatches`: whether netwatch has entries of ours. */
export type ResidentPlan = {
  readonly profile: Profile
  readonly push: PushConfig
  readonly hasNetwatch: boolean
}

const NETWATCH_STEP = `:local watchNow ${NETWATCH_TEXT}
:if ($slow or $watchNow != $watchText) do={
  :set watchText $watchNow
${indent(callHelper("watches", "watchState"))}}
`

/** The script's text. */
export const residentSource = ({ profile, push, hasNetwatch }: ResidentPlan): string => {
  const helpers = [
    ...(hasPeers(profile) ? [["peers", NAMES.peers, "peerState"] as const] : []),
    ...(countsSessions(profile) ? [["sessions", NAMES.sessions, "sessionState"] as const] : []),
  ]
  const stored = [
    ...helpers,
    ...(hasNetwatch ? [["watches", NAMES.netwatch, "watchState"] as const] : []),
  ]
  const sources = sourcesOf([NAMES.resident, ...stored.map(([, name]) => name)])
  const slow = `:if ($slow) do={
  :set tick 0
  :set looks ($looks + 1)
${helpers.map(([name, , state]) => indent(callHelper(name, state))).join("")}}
`
  return `# ISP Visual Monitor: the resident script. Looks at ports three times a second${helpers.length === 0 ? "" : ", at neighbours and sessions every five seconds"}, and has what it saw posted.
:local inside do=${ESCAPING}
:local quoted do=${QUOTING}
${bootId}${SENDER_SETUP}${LINKS_SETUP}:local watchState [:toarray ""]
:local watchText ""
:local peerState [:toarray ""]
:local sessionState [:toarray ""]
:local beats 0
:local beatJob ""
:local beatDue ($startedAt + 5s)
:local changed true
:local slow false
:local added [:toarray ""]
# The baseline: what is seen now is not news.
${LINKS_POLL}${stored.map(([name, script]) => loadHelper(name, script)).join("")}:local source ${sources}
# The one before ends first. Where jobs have no names, this one ends before the scheduler starts the next.
:local goes true
:local others ${JOB_COUNT}
:local endsAt ($startedAt + ${GUARD_INTERVAL_S - 1}s)
:local isNamed ($others > 0)
:local left 50
:while ($others > 1 and $left > 0) do={
  :delay 200ms
  :set left ($left - 1)
  :set others ${JOB_COUNT}
}
:if ($others > 1) do={ :set goes false }
${LOAD_STATE}:local tick ${EVERY_LOOPS.slow - 1}
:local looks 0
:local staleAt ""
:local heir false
:local leaving false
:while ($goes) do={
  :local now [/system resource get uptime]
  :set tick ($tick + 1)
  :set slow ($tick >= ${EVERY_LOOPS.slow})
  :set added [:toarray ""]
  :do {
${indent(indent(LINKS_POLL))}${hasNetwatch ? indent(indent(NETWATCH_STEP)) : ""}${indent(indent(slow))}  } on-error={}
${indent(enqueue(push.maxQueue))}  :do {
${indent(indent(senderStep(push)))}${push.heartbeatS > 0 ? indent(indent(heartbeatStep(push.heartbeatS))) : ""}  } on-error={}
  :if ($changed or ($tick % ${EVERY_LOOPS.stamp}) = 0) do={
${indent(indent(SAVE_STATE))}  }
  :if ($slow) do={
    # Another text, or none: another job takes over, when what is queued has been sent or after half a minute.
    :local same false
    :do { :set same ($source = ${sources}) } on-error={ :set goes false }
    :if (!$same and [:typeof $staleAt] != "time") do={ :set staleAt $now }
    :if ([:typeof $staleAt] = "time") do={
      :if (([:len $queue] = 0 and !$busy) or ($now - $staleAt) > 30s) do={ :set heir true }
    }
    :if ($looks >= ${MAX_SLOW_POLLS} and [:len $queue] = 0 and !$busy) do={ :set heir true }
  }
  :if (!$isNamed and $now >= $endsAt) do={ :set goes false }
  :if ($leaving and (([:len $queue] = 0 and !$busy) or $now >= $endsAt)) do={ :set goes false }
  :if ($heir and $goes and !$leaving) do={
    :set heir false
    :set looks 0
    :do { :execute "/system script run ${NAMES.resident}" } on-error={}
    :local left 10
    :while ($left > 0) do={
      :delay 200ms
      :set left ($left - 1)
      :if (${JOB_COUNT} > 1) do={
        # It has its baseline and waits: one more look at everything, so that nothing falls between the two.
        :set left 0
        :set leaving true
        :set endsAt ($now + 8s)
        :set tick ${EVERY_LOOPS.slow - 1}
      }
    }
  } else={ :if ($goes) do={ :delay ${LOOP_DELAY} } }
}
`
}

/** On the scheduler: starts the job where none of its name runs. Uses no variables. */
export const guardSource =
  (): string => `:if (${JOB_COUNT} = 0 and [:len [/system script job find]] < ${MAX_JOBS}) do={
  :execute "/system script run ${NAMES.resident}"
}
`

/**
 * At the end of the import: starts the job and waits for its first check, so that later changes are
 * not missed.
 */
export const startNow = `:if (${JOB_COUNT} = 0) do={ :execute "/system script run ${NAMES.resident}" }
:local left 20
:while ($left > 0 and ${JOB_COUNT} = 0) do={
  :delay 250ms
  :set left ($left - 1)
}
:delay 1s
`
