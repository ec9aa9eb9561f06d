/**
 * The start of every script: checks that this is the right router, and defines the names that the
 * parts share.
 */

import type { DesiredConfig, ScriptKind } from "../desired-config.ts"
import { minorOf, sameAs } from "../features.ts"
import type { PartSpec } from "../part-spec.ts"
import { quote } from "../quote.ts"

/** Variables of the scripts, removed at the end. */
export const GLOBALS = [
  "ispvmGo",
  "ispvmPush",
  "ispvmDone",
  "ispvmFailed",
  "ispvmNotes",
  "ispvmQuote",
  "ispvmJoin",
  "ispvmArm",
  "ispvmProbe",
  "ispvmSelfTest",
] as const

const named = (minor: number): string => `${Math.floor(minor / 1000)}.${minor % 1000}`

/** The releases it may run on: those with the same commands; removal needs fewer. */
const rangeOf = (
  kind: ScriptKind,
  release: string,
): { readonly from: number; readonly to: number } => {
  const major = Math.floor(minorOf(release) / 1000) * 1000
  return kind === "onboard" ? sameAs(release) : { from: major, to: major + 999 }
}

const VARIABLES = `:global ispvmGo true
:global ispvmPush true
:global ispvmDone [:toarray ""]
:global ispvmFailed [:toarray ""]
:global ispvmNotes [:toarray ""]
`
const FUNCTIONS = `# A text as it may stand between quotes.
:global ispvmQuote do={
  :local out ""
  :local text [:tostr $1]
  :if ([:len $text] > 0) do={
    :for i from=0 to=([:len $text] - 1) do={
      :local c [:pick $text $i ($i + 1)]
      :if ($c = "\\"" or $c = "\\\\" or $c = "\\$") do={ :set out ($out . "\\\\") }
      :set out ($out . $c)
    }
  }
  :return $out
}
# The items of a list with commas between.
:global ispvmJoin do={
  :local out ""
  :foreach item in=[:toarray $1] do={
    :if ([:len $out] > 0) do={ :set out ($out . ",") }
    :set out ($out . [:tostr $item])
  }
  :return $out
}
`

export const preamble = (kind: ScriptKind, desired: DesiredConfig): PartSpec => {
  const { from, to } = rangeOf(kind, desired.release)
  const range =
    to % 1000 === 999
      ? `${named(from)} or later`
      : from === to
        ? named(from)
        : `${named(from)} to ${named(to)}`
  const releaseMismatch = `ISP Visual Monitor: this script is made for RouterOS ${desired.release} (it fits ${range}) and this router runs another: nothing was changed. Have one made for the release that it runs.`
  return {
    id: "preamble",
    title: "Check the RouterOS release",
    why: "A script for another release would fail half way. Nothing is changed here but variables, which the last part takes away.",
    text: `${VARIABLES}${FUNCTIONS}:do {
  :global ispvmGo
  :set ispvmGo false
  :local version [/system resource get version]
  :local dot [:find $version "."]
  :local major [:pick $version 0 $dot]
  :local rest [:pick $version ($dot + 1) [:len $version]]
  :local minor ""
  :local isNumber true
  :for i from=0 to=([:len $rest] - 1) do={
    :local c [:pick $rest $i ($i + 1)]
    :if ([:typeof [:find "0123456789" $c]] = "nil") do={ :set isNumber false }
    :if ($isNumber) do={ :set minor ($minor . $c) }
  }
  :local release ([:tonum $major] * 1000 + [:tonum $minor])
  :if ($release >= ${from} and $release <= ${to}) do={ :set ispvmGo true }
} on-error={}
:if (!$ispvmGo) do={ :local why ${quote(releaseMismatch)}; :put $why; :log error $why; :error $why }
`,
    remove: "",
    needs: ["read", "write"],
    expects: [],
    remarks: [],
  }
}
