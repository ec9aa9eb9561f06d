/** Takes out what carries our tag and nothing else, after what was changed is as it was. */
import { giveUp, HARDEN_UNDO, UNDO, where } from "./commands.ts"
import type { Draft } from "./draft.ts"
import { hardenParts } from "./harden.ts"
import { wishedParts } from "./onboard.ts"
import { quote } from "./quote.ts"
import { everything } from "./widest.ts"
import type { Wish } from "./wish.ts"

/** One that fails does not keep the other from being run. */
const undo = (name: string): string => `:if ([:len [/system script find where ${where({ name })}]] > 0) do={
  :do { /system script run [/system script find where ${where({ name })}] } on-error={ :set kept ${quote(name)} }
}
`

const bringBack: Draft = {
  id: "bring-back",
  title: "Bring back what was changed",
  why: "Runs the notes that were taken before anything was changed, newest first. A thing that is gone meanwhile is passed over.",
  text: `:local kept ""
/system scheduler remove [/system scheduler find where ${where({ name: HARDEN_UNDO })}]
${undo(HARDEN_UNDO)}${undo(UNDO)}:if ([:len $kept] > 0) do={
  ${giveUp(`not everything that was changed could be brought back. The commands that do it were kept: /system script print where name~"undo". Run them, then this script again.`)}
}
`,
  remove: "",
  needs: ["read", "write", "test"],
  expects: [],
  remarks: [],
}

/** Parts that hold the notes: they stay until what was changed is brought back, or nobody knows any more how it was. */
const NOTES: ReadonlySet<string> = new Set(["undo-record", "harden-timer"])
const ONLY_AFTERWARDS = `:if ([:typeof [:find $ispvmDone ${quote(bringBack.id)}]] = "nil") do={ :error stop }
`

/** In the opposite order of the making, but what reports is stopped first and what was changed comes back before its certificates go. */
export const removeParts = (wish: Wish): readonly Draft[] => {
  const made = [...wishedParts(everything(wish)), ...hardenParts(everything(wish))]
    .filter((draft) => draft.remove !== "")
    .toReversed()
    .map((draft) => ({
      ...draft,
      id: `remove-${draft.id}`,
      title: `Take out: ${draft.title}`,
      why: "By our tag alone: comments that begin with ispvm:, names that begin with ispvm-.",
      text: NOTES.has(draft.id) ? ONLY_AFTERWARDS + draft.remove : draft.remove,
      expects: [],
      remarks: [],
    }))
  const push = made.filter(({ id }) => id.startsWith("remove-push"))
  return [...push, bringBack, ...made.filter((draft) => !push.includes(draft))]
}
