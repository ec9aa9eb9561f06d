/** The last part of every script: says what was done and what could not be, and takes the script's own variables away. */
import { indented } from "../commands.ts"
import type { Draft } from "../draft.ts"
import { GLOBALS } from "./preamble.ts"

/** `hello`: commands that tell the appliance the same; empty where the router is not to push. */
export const report = (what: string, hello: string): Draft => ({
  id: "report",
  title: "Say what was done",
  why: "Prints what was done, what could not be and why, and notes it in the log. The variables of this script are taken away; those that report stay.",
  text: `:do {
  :global ispvmGo
  :global ispvmDone
  :global ispvmFailed
  :global ispvmNotes
  :if (!$ispvmGo) do={ :error stop }
  :put "ISP Visual Monitor: ${what}"
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
