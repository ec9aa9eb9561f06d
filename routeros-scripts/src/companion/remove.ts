/** Removes the rows that carry our tag and no others, after previous values are restored. */
import { failPart, HARDEN_UNDO, UNDO, where } from "./commands.ts"
import type { DesiredConfig } from "./desired-config.ts"
import { fullConfig } from "./full-config.ts"
import { hardenParts } from "./harden.ts"
import { desiredParts } from "./onboard.ts"
import type { PartSpec } from "./part-spec.ts"
import { diagnosticsAccount } from "./parts/account.ts"
import { quote } from "./quote.ts"

/** If one fails, the others still run. */
const undo = (
  name: string,
): string => `:if ([:len [/system script find where ${where({ name })}]] > 0) do={
  :do { /system script run [/system script find where ${where({ name })}] } on-error={ :set kept ${quote(name)} }
}
`

const restore: PartSpec = {
  id: "bring-back",
  title: "Restore the earlier configuration",
  why: "Runs the notes that were taken before anything was changed, newest first. A thing that is gone meanwhile is passed over.",
  text: `:local kept ""
/system scheduler remove [/system scheduler find where ${where({ name: HARDEN_UNDO })}]
${undo(HARDEN_UNDO)}${undo(UNDO)}:if ([:len $kept] > 0) do={
  ${failPart(`not everything that was changed could be brought back. The commands that do it were kept: /system script print where name~"undo". Run them, then this script again.`)}
}
`,
  remove: "",
  needs: ["read", "write", "test"],
  expects: [],
  remarks: [],
}

/** Parts with the notes of previous values: they stay until these are restored. */
const UNDO_PARTS: ReadonlySet<string> = new Set(["undo-record", "harden-timer"])
const ONLY_AFTER_RESTORE = `:if ([:typeof [:find $ispvmDone ${quote(restore.id)}]] = "nil") do={ :error stop }
`

/**
 * In reverse order, except that reporting stops first and previous values return before the
 * certificates are removed.
 */
export const removeParts = (desired: DesiredConfig): readonly PartSpec[] => {
  const full = fullConfig(desired)
  const made = [...desiredParts(full), diagnosticsAccount(full), ...hardenParts(full)]
    .filter((spec) => spec !== null)
    .filter((spec) => spec.remove !== "")
    .toReversed()
    .map((spec) => ({
      ...spec,
      id: `remove-${spec.id}`,
      title: `Remove: ${spec.removeTitle ?? spec.title}`,
      why: "By our tag alone: comments that begin with ispvm:, names that begin with ispvm-.",
      text: UNDO_PARTS.has(spec.id) ? ONLY_AFTER_RESTORE + spec.remove : spec.remove,
      expects: [],
      remarks: [],
    }))
  const push = made.filter(({ id }) => id.startsWith("remove-push"))
  return [...push, restore, ...made.filter((spec) => !push.includes(spec))]
}
