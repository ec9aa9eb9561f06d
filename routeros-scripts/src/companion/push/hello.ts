/**
 * The last message of the onboarding script, posted once by the script itself: what succeeded and
 * what failed.
 */
import type { DesiredConfig } from "../desired-config.ts"
import { bootId, ESCAPING, envelope, indent, post } from "./snippets.ts"

/** The most of each that one push may carry. */
const MAX_ITEMS = 40

const listed = (name: string, variable: string): string => `:local ${name} ""
:local count 0
:foreach each in=$${variable} do={
  :if ($count < ${MAX_ITEMS}) do={
    :if ($count > 0) do={ :set ${name} ($${name} . ",") }
    :set ${name} ($${name} . "\\"" . [$inside text=[:pick [:tostr $each] 0 500]] . "\\"")
  }
  :set count ($count + 1)
}
`

/**
 * Commands that may be anywhere in a script; empty where the router does not push. They use only
 * local variables.
 */
export const helloText = (desired: DesiredConfig): string => {
  if (desired.push === null) return ""
  return `:do {
  :global ispvmDone
  :global ispvmFailed
  :global ispvmSelfTest
  :local seen "untested"
  :if ($ispvmSelfTest = "seen" or $ispvmSelfTest = "not-seen") do={ :set seen $ispvmSelfTest }
  :local inside do=${indent(ESCAPING).trimStart()}
${indent(bootId)}${indent(listed("done", "ispvmDone"))}${indent(listed("failed", "ispvmFailed").replace(":local count 0", ":set count 0"))}  :local hello ("{\\"seq\\":1,\\"up\\":\\"" . [/system resource get uptime] . "\\",\\"kind\\":\\"hello\\",\\"version\\":\\"" . [$inside text=[/system resource get version]])
  :set hello ($hello . "\\",\\"identity\\":\\"" . [$inside text=[/system identity get name]] . "\\",\\"done\\":[" . $done . "],\\"failed\\":[" . $failed . "],\\"globals\\":\\"" . $seen . "\\"}")
${indent(envelope("hello", "$boot", "0", "$hello"))}  :local ok false
${indent(post(desired.release, desired.push))}  :if ($ok) do={ :put "ISP Visual Monitor: the appliance has heard from this router." } else={ :put "ISP Visual Monitor: the appliance could not be reached, or did not take what was said; what is queued is sent later." }
} on-error={ :put "ISP Visual Monitor: the appliance could not be told." }
`
}
