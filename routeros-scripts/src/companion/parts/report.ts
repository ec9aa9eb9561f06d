/**
 * The last part of every script: prints what was done and what failed, and removes the script's
 * variables.
 */
import { indented } from "../commands.ts"
import type { PartSpec } from "../part-spec.ts"
import { quote } from "../quote.ts"
import { GLOBALS } from "./preamble.ts"

/**
 * When pasted, a part with a word that the router does not know is rejected before it runs: it can
 * report neither success nor failure.
 */
const reportMissing = (ids: readonly string[], when: string | null): string => {
  if (ids.length === 0) return ""
  const each = `:foreach part in=({${ids.map((id) => quote(id)).join(";")}}) do={
  :if ([:typeof [:find $ispvmDone $part]] = "nil" and [:typeof [:find $ispvmFailed $part]] = "nil") do={
    :set ispvmFailed ($ispvmFailed , ($part . ": refused by this router"))
  }
}
`
  return indented(when === null ? each : `:if (${when}) do={\n${indented(each)}}\n`)
}

export type ExpectedParts = {
  readonly always: readonly string[]
  readonly ifPushing: readonly string[]
}

/**
 * `hello`: commands that report the same to the appliance; empty where the router does not push.
 * `parts`: the ids of all parts.
 */
export const report = (what: string, hello: string, parts: ExpectedParts): PartSpec => ({
  id: "report",
  title: "Report of the result",
  why: "Prints what was done, what could not be and why, and notes it in the log. The variables of this script are taken away; those that report stay.",
  text: `:do {
  :global ispvmGo
  :global ispvmDone
  :global ispvmFailed
  :global ispvmNotes
  :global ispvmPush
  :if (!$ispvmGo) do={ :error stop }
${reportMissing(parts.always, null)}${reportMissing(parts.ifPushing, "$ispvmPush")}  :put "ISP Visual Monitor: ${what}"
  :foreach each in=$ispvmDone do={ :put ("  done: " . $each) }
  :foreach each in=$ispvmFailed do={ :put ("  FAILED: " . $each) }
  :foreach each in=$ispvmNotes do={ :put ("  note: " . $each) }
  :log info ("ispvm: ${what}: " . [:len $ispvmDone] . " parts done, " . [:len $ispvmFailed] . " failed")
  :foreach each in=$ispvmFailed do={ :log warning ("ispvm: failed: " . $each) }
} on-error={}
${
  hello === ""
    ? ""
    : `:do {
  :global ispvmGo
  :global ispvmPush
  :if ($ispvmGo and $ispvmPush) do={
${indented(hello, "    ")}  }
} on-error={}
`
}:do {
${GLOBALS.map((name) => `  /system script environment remove [/system script environment find where name="${name}"]\n`).join("")}} on-error={}
`,
  remove: "",
  needs: ["read", "write", "policy"],
  expects: [],
  remarks: [],
})
