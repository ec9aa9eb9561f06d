/** The script that empties a queue: in order, ten at a time, so many requests a minute, and again after a while what could not be sent. */

import type { PushWish } from "../wish.ts"
import { globals, indent, type Queue, seqOf } from "./queue.ts"
import { envelope, hasStamp, LIMITS, post } from "./source.ts"

/**
 * Who runs has the highest number in `PushRun`; whoever finds another there ends without a word, so one that hung and comes back does no
 * harm. After a failure it waits, lets go and starts anew: a script that was changed (another key) or taken out meanwhile has its way.
 * What came in between the last look and the letting go is found by the look after it.
 */
export const drain = (
  { name, prefix: p, drainedBy }: Queue,
  release: string,
  push: PushWish,
): string => `# ISP Visual Monitor: sends what waits in the queue "${name}". Holds the router's key.
${globals(["Queue", "Taken", "Lost", "Boot", "PushAt", "PushRun", "Sent", "Fails"].map((each) => p + each))}:local now [/system resource get uptime]
:local busy false
:if (${hasStamp(`$${p}PushAt`)}) do={ :if (($now - $${p}PushAt) < ${LIMITS.hangs}) do={ :set busy true } }
:if (!$busy and [:typeof $${p}Queue] = "array") do={
  :set ${p}PushAt $now
  :if ([:typeof $${p}PushRun] != "num") do={ :set ${p}PushRun 0 }
  :set ${p}PushRun ($${p}PushRun + 1)
  :local mine $${p}PushRun
  :if ([:typeof $${p}Sent] != "array") do={ :set ${p}Sent [:toarray ""] }
  :if ([:typeof $${p}Fails] != "num") do={ :set ${p}Fails 0 }
  :local goes true
  :while ($goes) do={
${indent(indent(oneBatch(name, p, release, push)))}  }
  :if ($${p}PushRun = $mine) do={
    :set ${p}PushAt false
    :local left [:len $${p}Queue]
    :if ($left > 0) do={
      :local tail ($${p}Queue->($left - 1))
      :if (${seqOf("$tail")} > $${p}Taken) do={ :execute "/system script run ${drainedBy}" }
    }
  }
}
`

/**
 * How many of a minute's requests may go at once; the others go evenly, so that in a storm nothing waits for a whole minute. In any minute
 * no more go than are allowed: so many at once, and as many as fit between at that pace.
 */
const paceOf = (aMinute: number): { readonly atOnce: number; readonly everyS: number } => {
  const atOnce = Math.max(1, Math.floor(aMinute / 2))
  return { atOnce, everyS: Math.ceil(60 / Math.max(1, aMinute - atOnce)) }
}

/** Waits for its turn within the minute, takes what is next, sends it. Ends the loop where nothing is left, or nothing goes. */
const oneBatch = (name: string, p: string, release: string, push: PushWish): string => {
  const { atOnce, everyS } = paceOf(push.atMostAMinute)
  return `:local turn false
:while ($goes and !$turn) do={
  :set now [/system resource get uptime]
  :set ${p}PushAt $now
  :local recent [:toarray ""]
  :foreach sent in=$${p}Sent do={ :if (($now - $sent) < 1m) do={ :set recent ($recent , $sent) } }
  :set ${p}Sent $recent
  :local sends [:len $recent]
  :if ($sends < ${atOnce}) do={ :set turn true } else={
    :if ($sends < ${push.atMostAMinute}) do={ :if (($now - ($recent->($sends - 1))) >= ${everyS}s) do={ :set turn true } }
    :if (!$turn) do={ :delay 1s }
  }
  :if ($${p}PushRun != $mine) do={ :set goes false }
}
:local waiting $${p}Queue
:local have [:len $waiting]
:local at $have
:local head ""
:if ($have > 0) do={
  :set head ($waiting->0)
  :set at ($${p}Taken + 1 - ${seqOf("$head")})
  :if ($at < 0) do={ :set at 0 }
}
:if ($at >= $have) do={ :set goes false }
:if ($goes) do={
  :local items ($waiting->$at)
  :local next ($at + 1)
  :local fits true
  :while ($fits) do={
    :set fits false
    :if ($next < $have and ($next - $at) < ${LIMITS.items}) do={
      :local more ($waiting->$next)
      :if (([:len $items] + [:len $more]) < ${LIMITS.itemsBytes}) do={
        :set items ($items . "," . $more)
        :set next ($next + 1)
        :set fits true
      }
    }
  }
  :local last (${seqOf("$head")} + $next - 1)
  :local boot $${p}Boot
${indent(envelope(name, "$boot", `$${p}Lost`, "$items"))}  :set ${p}Sent ($${p}Sent , $now)
  :local ok false
${indent(post(release, push))}  :if ($${p}PushRun != $mine) do={ :set goes false } else={
    :set ${p}PushAt [/system resource get uptime]
    :if ($ok) do={
      :if ($${p}Boot = $boot) do={ :set ${p}Taken $last }
      :set ${p}Fails 0
    } else={
      :set goes false
      :set ${p}Fails ($${p}Fails + 1)
      :local pause 30
      :if ($${p}Fails < 4) do={ :set pause ({5;10;20}->($${p}Fails - 1)) }
      :while ($pause > 0 and $${p}PushRun = $mine) do={
        :delay 1s
        :set pause ($pause - 1)
        :set ${p}PushAt [/system resource get uptime]
      }
    }
  }
}
`
}
