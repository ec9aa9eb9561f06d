/**
 * The scripts' queue: what has happened waits in a variable until the appliance has it. Two may write, and each its own variables, because
 * jobs of RouterOS run beside each other: who puts (one at a time) writes the queue, how much was lost and the boot; who drains writes how far
 * the appliance has taken it. An item carries its number in its own text, so that a look at the queue is enough to number the next.
 */
import { NAMES } from "./names.ts"
import { bootId, hasStamp, LIMITS } from "./source.ts"

export type Queue = {
  /** As the push names it. */
  readonly name: string
  /** In front of the names of its variables; those of netwatch are another user's, and have names of their own all the same. */
  readonly prefix: string
  /** The stored script that drains it. */
  readonly drainedBy: string
}
export const ROUTER_QUEUE: Queue = { name: "router", prefix: "ispvmRouter", drainedBy: NAMES.push }
export const NETWATCH_QUEUE: Queue = { name: "netwatch", prefix: "ispvmNetwatch", drainedBy: NAMES.netwatch }

export const globals = (names: readonly string[]): string => names.map((name) => `:global ${name}\n`).join("")

/** Of an item in the queue: `{"seq":12,…`. */
export const seqOf = (item: string): string => `[:tonum [:pick ${item} 7 [:find ${item} ","]]]`

/**
 * Puts what stands in the local array `added` (members of JSON objects, without seq and up) and starts the draining. Everything is worked out
 * first and then written at once: whoever is stopped half way leaves the queue as it was. Where it `isPatient` the sender is started for a
 * batch, or when none has gone for a while: figures that come again and again must not use up what may be sent in a minute.
 */
export const put = ({ prefix: p, drainedBy }: Queue, most: number, isPatient = false): string => String.raw`${globals([
  `${p}Queue`,
  `${p}Taken`,
  `${p}Lost`,
  `${p}Boot`,
  `${p}PushAt`,
])}:local now [/system resource get uptime]
:if ([:typeof $${p}Queue] != "array" or [:typeof $${p}Boot] != "str") do={
${indent(bootId)}  :set ${p}Boot $boot
  :set ${p}Taken 0
  :set ${p}Lost 0
  :set ${p}Queue [:toarray ""]
}
:local waiting $${p}Queue
:local have [:len $waiting]
:local seq $${p}Taken
:local from 0
:if ($have > 0) do={
  :local tail ($waiting->($have - 1))
  :local head ($waiting->0)
  :set seq ${seqOf("$tail")}
  :set from ($${p}Taken + 1 - ${seqOf("$head")})
  :if ($from < 0) do={ :set from 0 }
}
:local kept [:toarray ""]
:if ($from < $have) do={ :set kept [:pick $waiting $from $have] }
:foreach item in=$added do={
  :set seq ($seq + 1)
  :set kept ($kept , ("{\"seq\":" . $seq . ",\"up\":\"" . $now . "\"," . $item . "}"))
}
:set have [:len $kept]
:if ($have > ${most}) do={
  :set ${p}Lost ($${p}Lost + $have - ${most})
  :set kept [:pick $kept ($have - ${most}) $have]
}
:set ${p}Queue $kept
:local busy false
:if (${hasStamp(`$${p}PushAt`)}) do={ :if (($now - $${p}PushAt) < ${LIMITS.hangs}) do={ :set busy true } }
${isPatient ? patience(p) : ""}:if (!$busy and $have > 0) do={ :execute "/system script run ${drainedBy}" }
`

const patience = (p: string): string => `:global ${p}Sent
:local sends [:len $${p}Sent]
:if ($sends > 0 and $have < ${LIMITS.items}) do={
  :if (($now - ($${p}Sent->($sends - 1))) < ${LIMITS.patience}) do={ :set busy true }
}
`

export const indent = (text: string): string => text.replace(/^(?=.)/gm, "  ")
