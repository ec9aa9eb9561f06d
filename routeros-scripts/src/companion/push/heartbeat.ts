/** The heartbeat: what an agent would read, posted by the router itself. One that fails is not kept, the next one tells more. */
import { has } from "../features.ts"
import type { Duty, PushWish } from "../wish.ts"
import { countsSessions, NAMES } from "./names.ts"
import { globals, indent } from "./queue.ts"
import { bootId, envelope, hasStamp, LIMITS, post } from "./source.ts"

/** Ports and bytes of one heartbeat. What an older release can post is short; a CPE has few ports, and what is dynamic (sessions) is none. */
export const portsOf = (release: string, duty: Duty): { readonly most: number; readonly bytes: number } =>
  has(release, "fetchOutput") ? { most: duty === "cpe" ? 60 : 200, bytes: 50_000 } : { most: 20, bytes: LIMITS.itemsBytes }

const RESOURCES = [
  ["cpu", "cpu-load"],
  ["memFree", "free-memory"],
  ["memTotal", "total-memory"],
  ["diskFree", "free-hdd-space"],
  ["diskTotal", "total-hdd-space"],
] as const
/** Counters: what a port does not count is nothing. */
const COUNTERS = [
  ["rx", ["rx-byte"]],
  ["tx", ["tx-byte"]],
  ["rxp", ["rx-packet"]],
  ["txp", ["tx-packet"]],
  ["err", ["rx-error", "tx-error"]],
  ["drop", ["rx-drop", "tx-drop"]],
] as const

const counted = (names: readonly string[]): string =>
  names
    .map(
      (name) =>
        `:foreach each in=[/interface get $port ${name}] do={ :if ([:typeof $each] = "num") do={ :set sum ($sum + $each) } }`,
    )
    .join("\n")

export const heartbeatSource = (release: string, duty: Duty, push: PushWish): string => {
  const { most, bytes } = portsOf(release, duty)
  return String.raw`# ISP Visual Monitor: tells every ${push.heartbeatS} seconds how the router is. Holds the router's key.
/system script run ${NAMES.functions}
${globals(["ispvmRouterText", "ispvmRouterBeatAt", "ispvmRouterBeatBoot", "ispvmRouterBeatSeq"])}:local now [/system resource get uptime]
:local busy false
:if (${hasStamp("$ispvmRouterBeatAt")}) do={ :if (($now - $ispvmRouterBeatAt) < ${LIMITS.hangs}) do={ :set busy true } }
:if (!$busy) do={
  :set ispvmRouterBeatAt $now
  :if ([:typeof $ispvmRouterBeatBoot] != "str") do={
${indent(indent(bootId))}    :set ispvmRouterBeatBoot $boot
    :set ispvmRouterBeatSeq 0
  }
  :set ispvmRouterBeatSeq ($ispvmRouterBeatSeq + 1)
  :local sessions "null"
${countsSessions(duty) ? "  :do { :set sessions [/ppp active print count-only] } on-error={}\n" : ""}  :local ports ""
  :local count 0
  :foreach port in=[/interface find where !dynamic] do={
    :if ($count < ${most} and [:len $ports] < ${bytes}) do={
      :do {
        :local one ("{\"name\":\"" . [$ispvmRouterText text=[/interface get $port name]] . "\",\"running\":" . [/interface get $port running] . ",\"disabled\":" . [/interface get $port disabled])
        :local sum 0
${COUNTERS.map(([key, names]) => `        :set sum 0\n${indent(indent(indent(indent(counted(names)))))}\n        :set one ($one . ",\\"${key}\\":" . $sum)\n`).join("")}        :if ($count > 0) do={ :set ports ($ports . ",") }
        :set ports ($ports . $one . "}")
        :set count ($count + 1)
      } on-error={}
    }
  }
  :local beat ("{\"seq\":" . $ispvmRouterBeatSeq . ",\"up\":\"" . $now . "\",\"kind\":\"heartbeat\",\"every\":${push.heartbeatS},\"sessions\":" . $sessions)
${RESOURCES.map(([key, name]) => `  :set beat ($beat . ",\\"${key}\\":" . [/system resource get ${name}])\n`).join("")}${[
  "version",
  "board",
]
  .map(
    (key) =>
      String.raw`  :set beat ($beat . ",\"${key}\":\"" . [$ispvmRouterText text=[/system resource get ${key === "board" ? "board-name" : key}]] . "\"")` +
      "\n",
  )
  .join(
    "",
  )}  :set beat ($beat . ",\"identity\":\"" . [$ispvmRouterText text=[/system identity get name]] . "\",\"ports\":[" . $ports . "]}")
${indent(envelope("heartbeat", "$ispvmRouterBeatBoot", "0", "$beat"))}  :local ok false
${indent(post(release, push))}  :set ispvmRouterBeatAt false
}
`
}
