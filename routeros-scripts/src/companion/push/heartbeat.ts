/**
 * The heartbeat: what an agent would read, posted by the router in a job of its own. A function of
 * the resident script, which passes `$boot`, `$seq` and `$sessions`. A failed heartbeat is not
 * kept, because the next one contains more recent values.
 */

import type { Profile, PushConfig } from "../desired-config.ts"
import { has } from "../features.ts"
import { ESCAPING, envelope, indent, post } from "./snippets.ts"

/**
 * Ports and bytes per heartbeat. An older release can post little; a CPE has few ports, and dynamic
 * interfaces (sessions) are left out.
 */
export const heartbeatLimits = (
  release: string,
  profile: Profile,
): { readonly maxPorts: number; readonly maxBytes: number } =>
  has(release, "fetchOutput")
    ? { maxPorts: profile === "cpe" ? 60 : 200, maxBytes: 50_000 }
    : { maxPorts: 20, maxBytes: 2_500 }

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
  `[$counter key="${key}" value=[${value}]${more === null ? "" : ` more=[${more}]`}]`

const onePort = String.raw`:local one ("{\"name\":\"" . [$inside text=[/interface get $port name]] . "\",\"running\":" . [/interface get $port running] . ",\"disabled\":" . [/interface get $port disabled])
${COUNTERS.map(([key, name, more]) => `:set one ($one . ${counter(key, `/interface get $port ${name}`, more && `/interface get $port ${more}`)})\n`).join("")}:if ($count > 0) do={ :set ports ($ports . ",") }
:set ports ($ports . $one . "}")
:set count ($count + 1)
`

export const heartbeatSource = (release: string, profile: Profile, push: PushConfig): string => {
  const { maxPorts, maxBytes } = heartbeatLimits(release, profile)
  return String.raw`# ISP Visual Monitor: tells every ${push.heartbeatS} seconds how the router is, for the resident script. Holds the router's key.
:local inside do=${ESCAPING}
# A counter as a member of a JSON object, of two perhaps the sum; what is not counted is nothing.
:local counter do={
  :local sum 0
  :if ([:typeof $value] = "num") do={ :set sum $value }
  :if ([:typeof $more] = "num") do={ :set sum ($sum + $more) }
  :return (",\"" . $key . "\":" . $sum)
}
:local now [/system resource get uptime]
:local ports ""
:local count 0
:foreach port in=[/interface find where !dynamic] do={
  :if ($count < ${maxPorts} and [:len $ports] < ${maxBytes}) do={
    :do {
${indent(indent(indent(onePort)))}    } on-error={}
  }
}
:local beat ("{\"seq\":" . $seq . ",\"up\":\"" . $now . "\",\"kind\":\"heartbeat\",\"every\":${push.heartbeatS},\"sessions\":" . $sessions)
${RESOURCES.map(([key, name]) => `:set beat ($beat . ${counter(key, `/system resource get ${name}`, null)})\n`).join("")}:set beat ($beat . ",\"version\":\"" . [$inside text=[/system resource get version]] . "\",\"board\":\"" . [$inside text=[/system resource get board-name]])
:set beat ($beat . "\",\"identity\":\"" . [$inside text=[/system identity get name]] . "\",\"ports\":[" . $ports . "]}")
${envelope("heartbeat", "$boot", "0", "$beat")}:local ok false
${post(release, push)}`
}
