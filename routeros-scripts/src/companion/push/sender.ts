/**
 * How the resident script sends its queue: in order, ten items at a time, at a limited rate, with
 * retries after a pause. A separate job posts, so that checks continue meanwhile and a post that
 * hangs can be ended.
 */
import type { PushConfig } from "../desired-config.ts"
import { NAMES } from "./names.ts"
import { envelope, indent, LIMITS, post } from "./snippets.ts"

/** A function: posts `$body`, returns whether the appliance accepted it. */
export const pushSource = (release: string, push: PushConfig): string =>
  `# ISP Visual Monitor: posts one message, for ${NAMES.resident}. Holds the router's key.
:local ok false
${post(release, push)}:return $ok
`

/** Empty: its run is the message. On some releases jobs share no variables. */
export const sentSource = `# ISP Visual Monitor: ${NAMES.push} runs this when the appliance has accepted a message; run-count is read back by ${NAMES.resident}.
`

/**
 * How many requests of a minute may go at once; the rest are spread evenly, so that in a storm
 * nothing waits for a whole minute. No minute has more requests than allowed: the burst, plus what
 * fits at that pace.
 */
const pacing = (perMinute: number): { readonly burst: number; readonly intervalS: number } => {
  const burst = Math.max(1, Math.floor(perMinute / 2))
  return { burst, intervalS: Math.ceil(60 / Math.max(1, perMinute - burst)) }
}

const RUN_COUNT = `[:tonum [/system script get [/system script find where name="${NAMES.sent}"] run-count]]`

/**
 * Runs before the loop. `batch`: items at the head that are being sent or must be sent again
 * together; 0 for none.
 */
export const SENDER_SETUP = `:local queue [:toarray ""]
:local lost 0
:local seq 0
:local sent [:toarray ""]
:local batch 0
:local busy false
:local job ""
:local ranBefore 0
:local startedAt [/system resource get uptime]
:local fails 0
:local notBefore $startedAt
:local urgent false
`

/**
 * Queues the local `added` (members of JSON objects, without seq and up). Measurements alone are
 * not urgent.
 */
export const enqueue = (maxQueue: number): string => String.raw`:if ([:len $added] > 0) do={
  :foreach item in=$added do={
    :set seq ($seq + 1)
    :set queue ($queue , ("{\"seq\":" . $seq . ",\"up\":\"" . $now . "\"," . $item . "}"))
    :if ([:typeof [:find $item "\"because\":\"test\""]] != "num") do={ :set urgent true }
  }
  :local over ([:len $queue] - ${maxQueue})
  :if ($over > 0) do={
    :set lost ($lost + $over)
    :set queue [:pick $queue $over [:len $queue]]
    :if ($batch > 0) do={
      :set batch ($batch - $over)
      :if ($batch < 0) do={ :set batch 0 }
    }
  }
  :set changed true
}
`

/**
 * Whether the batch was accepted, or its post ended without success. Job first, counter second: a
 * count that arrives with the end is seen. A late acceptance counts as well, so a router that does
 * not list the job posts twice at worst; the pause afterwards lets the second post end before the
 * next batch is counted.
 */
const CHECK_RESULT = `:local isThere true
:do { :set isThere ([:len [/system script job find where .id=$job]] > 0) } on-error={}
:if (${RUN_COUNT} > $ranBefore) do={
  :if ($batch < [:len $queue]) do={ :set queue [:pick $queue $batch [:len $queue]] } else={ :set queue [:toarray ""] }
  :if ([:len $queue] = 0) do={ :set urgent false }
  :if ($fails > 0) do={ :set notBefore ($now + 3s) } else={ :set notBefore $now }
  :set batch 0
  :set busy false
  :set fails 0
  :set changed true
} else={
  :if ($busy and ((!$isThere and ($now - $startedAt) >= ${LIMITS.jobListDelay}) or ($now - $startedAt) > ${LIMITS.postTimeout})) do={
    :do { :if ($isThere) do={ /system script job remove $job } } on-error={}
    :set busy false
    :set fails ($fails + 1)
    :local pause 30s
    :if ($fails < 4) do={ :set pause ({5s;10s;20s}->($fails - 1)) }
    :set notBefore ($now + $pause)
  }
}
`

const rateLimit = ({ maxPerMinute }: PushConfig): string => {
  const { burst, intervalS } = pacing(maxPerMinute)
  return `:local turn false
:if ([:len $queue] > 0 and $now >= $notBefore) do={
  :local recent [:toarray ""]
  :foreach one in=$sent do={ :if (($now - $one) < 1m) do={ :set recent ($recent , $one) } }
  :set sent $recent
  :local sends [:len $recent]
  :if ($sends < ${burst}) do={ :set turn true } else={
    :if ($sends < ${maxPerMinute}) do={ :if (($now - ($recent->($sends - 1))) >= ${intervalS}s) do={ :set turn true } }
  }
  :if (!$urgent and $sends > 0 and [:len $queue] < ${LIMITS.items}) do={
    :if (($now - ($recent->($sends - 1))) < ${LIMITS.batchWait}) do={ :set turn false }
  }
}
`
}

/**
 * A failed batch is sent again unchanged, so that a late acceptance of the first attempt covers the
 * same items.
 */
const BUILD_BATCH = `:if ($batch > [:len $queue]) do={ :set batch [:len $queue] }
:local items ($queue->0)
:local next 1
:local fits true
:while ($fits) do={
  :set fits false
  :if ($next < [:len $queue] and $next < ${LIMITS.items} and ($batch = 0 or $next < $batch)) do={
    :local more ($queue->$next)
    :if ($batch > 0 or ([:len $items] + [:len $more]) < ${LIMITS.itemsBytes}) do={
      :set items ($items . "," . $more)
      :set next ($next + 1)
      :set fits true
    }
  }
}
:set batch $next
`

/**
 * Starts the job. Its text contains the message, because the job might not see a variable of this
 * script.
 */
const START_JOB = String.raw`:local text (":local post [:parse [/system script get ${NAMES.push} source]]; :if ([\$post body=\"" . [$quoted text=$body] . "\"]) do={ /system script run ${NAMES.sent} }")
:set ranBefore ${RUN_COUNT}
:set sent ($sent , $now)
:set startedAt $now
:set job [:execute $text]
:set busy true
`

/** One step: checks the current post, or starts the next one. */
export const senderStep = (push: PushConfig): string => `:if ($busy or $batch > 0) do={
${indent(CHECK_RESULT)}}
:if (!$busy) do={
${indent(rateLimit(push))}  :if ($turn) do={
${indent(indent(BUILD_BATCH))}${indent(indent(envelope("router", "$boot", "$lost", "$items")))}${indent(indent(START_JOB))}  }
}
`

/** Escaped for use between quotes in a script. */
export const QUOTING = String.raw`{
  :local out ""
  :local from 0
  :local size [:len $text]
  :if ($size > 0) do={
    :for at from=0 to=($size - 1) do={
      :local letter [:pick $text $at ($at + 1)]
      :if ($letter = "\"" or $letter = "\\" or $letter = "\$") do={
        :set out ($out . [:pick $text $from $at] . "\\")
        :set from $at
      }
    }
    :set out ($out . [:pick $text $from $size])
  }
  :return $out
}`
