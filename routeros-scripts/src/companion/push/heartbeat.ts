/** The heartbeat: what an agent would read, posted by the router itself. One that fails is not kept, the next one tells more. */
import { has } from "../features.ts"
import type { Duty, PushWish } from "../wish.ts"
import { NAMES } from "./names.ts"
import { globals, indent } from "./queue.ts"
import { bootId, envelope, hasStamp, LIMITS, post } from "./source.ts"

/** Ports and bytes of one heartbeat. What an older release can post is short; a CPE has few ports, and what is dynamic (sessions) is none. */
export const portsOf = (release: string, duty: Duty): { readonly most: number; readonly bytes: number } =>
  has(release, "fetchOutput") ? { most: duty === "cpe" ? 60 : 200, bytes: 50_000 } : { most: 20, bytes: 2_500 }

const RESOURCES = [
  ["cpu", "cpu-load"],
  ["memFree", "free-memory"],
  ["memTotal", "total-memory"],
  ["diskFree", "free-hdd-space"],
  ["diskTotal", "total-hdd-space"],
] as const
const COUNTERS = [
  ["rx", "rx-byte", null],
  ["tx", "tx-byte", null],
  ["rxp", "rx-packet", null],
  ["txp", "tx-packet", null],
  ["err", "rx-error", "tx-error"],
  ["drop", "rx-drop", "tx-drop"],
] as const

const counter = (key: string, value: string, more: string | null): string =>
  `[$ispvmRouterCount key="${key}" value=[${value}]${more === null ? "" : ` more=[${more}]`}]`

const onePort = String.raw`:local one ("{\"name\":\"" . [$ispvmRouterText text=[/interface get $port name]] . "\",\"running\":" . [/interface get $port running] . ",\"disabled\":" . [/interface get $port disabled])
${COUNTERS.map(([key, name, more]) => `:set one ($one . ${counter(key, `/interface get $port ${name}`, more && `/interface get $port ${more}`)})\n`).join("")}:if ($count > 0) do={ :set ports ($ports . ",") }
:set ports ($ports . $one . "}")
:set count ($count + 1)
`

/** One that is still under way when the next is due is left to it, unless it hangs. */
export const heartbeatSource = (release: string, duty: Duty, push: PushWish): string => {
  const { most, bytes } = portsOf(release, duty)
  return String.raw`# ISP Visual Monitor: tells every ${push.heartbeatS} seconds how the router is. Holds the router's key.
/system script run ${NAMES.functions}
${globals(["Text", "Count", "BeatAt", "BeatBoot", "BeatSeq", "SessionCount"].map((each) => `ispvmRouter${each}`))}:local now [/system resource get uptime]
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
  :if ([:typeof $ispvmRouterSessionCount] = "num") do={ :set sessions $ispvmRouterSessionCount }
  :local ports ""
  :local count 0
  :foreach port in=[/interface find where !dynamic] do={
    :if ($count < ${most} and [:len $ports] < ${bytes}) do={
      :do {
${indent(indent(indent(indent(onePort))))}      } on-error={}
    }
  }
  :local beat ("{\"seq\":" . $ispvmRouterBeatSeq . ",\"up\":\"" . $now . "\",\"kind\":\"heartbeat\",\"every\":${push.heartbeatS},\"sessions\":" . $sessions)
${RESOURCES.map(([key, name]) => `  :set beat ($beat . ${counter(key, `/system resource get ${name}`, null)})\n`).join("")}  :set beat ($beat . ",\"version\":\"" . [$ispvmRouterText text=[/system resource get version]] . "\",\"board\":\"" . [$ispvmRouterText text=[/system resource get board-name]])
  :set beat ($beat . "\",\"identity\":\"" . [$ispvmRouterText text=[/system identity get name]] . "\",\"ports\":[" . $ports . "]}")
${indent(envelope("heartbeat", "$ispvmRouterBeatBoot", "0", "$beat"))}  :local ok false
${indent(post(release, push))}  :set ispvmRouterBeatAt false
}
`
}
