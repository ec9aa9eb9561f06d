/**
 * Reports whether scripts that a scheduler starts see global variables on this router; nothing
 * depends on it. A scheduler without the policy `policy` checks a global and runs a script if it
 * sees it; the router counts both runs, so the result needs no variable either.
 */
import { note } from "../commands.ts"
import type { PartSpec } from "../part-spec.ts"
import { NAMES } from "./names.ts"
import { dropScript, dropTimer, schedule, store } from "./stored.ts"

const NAME = NAMES.selfTest
// It may still run while all of this is removed: the missing script is then no fault.
const ON_EVENT = `:global ispvmProbe
:if ([:typeof $ispvmProbe] = "num") do={ :do { /system script run ${NAME} } on-error={ } }
`
const count = (menu: string): string =>
  `[:tonum [${menu} get [${menu} find where name="${NAME}"] run-count]]`

const DROP = `${dropTimer(NAME)}${dropScript(NAME)}`

const NOT_SEEN =
  "scheduled scripts cannot see global variables on this router. The reporting script does not need them: after a restart of that script it only begins anew."
const UNTESTED =
  "no scheduled script ran within five seconds: whether they see global variables is not known. If the router does not report in, look at /system scheduler and at device-mode."

export const selfTest = (): PartSpec => ({
  id: "push-self-test",
  title: "Self-test of scheduled scripts",
  why: "For a few seconds a scheduler looks for a global variable of this script. The result is printed and reported; the scripts that report work either way. Nothing of it stays.",
  text: `${DROP}:global ispvmProbe 1
:global ispvmSelfTest "untested"
${store({ name: NAME, about: "a test, taken away at once", source: "# ISP Visual Monitor: that it runs is the result.\n", isSecret: false })}${schedule({ name: NAME, about: "a test, taken away at once", interval: "1s", onEvent: ON_EVENT })}:local left 10
:while ($left > 0 and ${count("/system scheduler")} = 0) do={
  :delay 500ms
  :set left ($left - 1)
}
:delay 500ms
:if (${count("/system scheduler")} > 0) do={ :set ispvmSelfTest "not-seen" }
:if (${count("/system script")} > 0) do={ :set ispvmSelfTest "seen" }
${DROP}:if ($ispvmSelfTest = "not-seen") do={ ${note(NOT_SEEN)} }
:if ($ispvmSelfTest = "untested") do={ ${note(UNTESTED)} }
`,
  remove: DROP,
  needs: ["read", "write", "policy", "test"],
  expects: [],
  remarks: [],
})
