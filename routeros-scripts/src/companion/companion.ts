/**
 * Routers that report themselves: the scripts that make a router watch and tell, undo it, and say how far the router has drifted from them.
 * Pure: the same wish gives the same bytes.
 */
import { compose, isProven, type Plain, posts } from "./compose.ts"
import type { Draft, Policy } from "./draft.ts"
import { isV6 } from "./features.ts"
import { confirmPart, hardenParts } from "./harden.ts"
import { onboardParts } from "./onboard.ts"
import { preamble } from "./parts/preamble.ts"
import { report } from "./parts/report.ts"
import { helloText } from "./push/push.ts"
import { removeParts } from "./remove.ts"
import type { Made, Remark, ScriptKind, Wish } from "./wish.ts"

export { type Bootstrap, bootstrapCommand } from "./bootstrap.ts"
export type { Policy } from "./draft.ts"
export { exampleWish } from "./example.ts"
export { faultsIn } from "./faults.ts"
export { driftOf, readingsFor } from "./verify.ts"
export * from "./wish.ts"

const WHAT: Readonly<Record<ScriptKind, string>> = {
  onboard: "connect this router",
  harden: "harden this router",
  "confirm-harden": "keep what was hardened",
  remove: "take out all that was added and bring back what was changed",
}

const partsOf = (kind: ScriptKind, wish: Wish): readonly Draft[] => {
  switch (kind) {
    case "onboard":
      return onboardParts(wish)
    case "harden":
      return hardenParts(wish)
    case "confirm-harden":
      return [confirmPart()]
    case "remove":
      return removeParts(wish)
  }
}

const draftsOf = (kind: ScriptKind, wish: Wish): readonly Draft[] => {
  const parts = partsOf(kind, wish)
  const ids = parts.map(({ id }) => id)
  const told = { always: ids.filter((id) => !posts(id)), ifItPosts: ids.filter(posts) }
  return [preamble(kind, wish), ...parts, report(WHAT[kind], kind === "onboard" ? helloText(wish) : "", told)]
}

/** What stands in the script as it is: it makes or takes away the frame of the other parts. */
const BARE: ReadonlySet<string> = new Set(["preamble", "report"])

const unproven = (release: string): readonly Remark[] =>
  isProven(release)
    ? []
    : [
        {
          id: "unproven",
          text: `What RouterOS ${release} takes is known from its manual only, not from a router's own list of commands: try the script on one router first.`,
        },
      ]

/** A terminal of RouterOS 6 draws the whole line again at each character that is typed. */
const slow = (kind: ScriptKind, release: string): readonly Remark[] =>
  kind === "onboard" && isV6(release)
    ? [
        {
          id: "slow-paste",
          text: "Pasted into a terminal of RouterOS 6 this takes minutes, and some terminals lose part of it: fetch it, or upload the file and /import it.",
        },
      ]
    : []

/** A wish without faults (`faultsIn`) is assumed. */
export const makeScript = (kind: ScriptKind, wish: Wish): Made => {
  const drafts: readonly Plain[] = draftsOf(kind, wish)
  const made = compose(
    [
      `ISP Visual Monitor: ${WHAT[kind]}: ${wish.routerName} (${wish.duty})`,
      `Made for RouterOS ${wish.release}. To be pasted into a terminal or imported; run twice, it changes nothing. ${kind === "onboard" ? "It holds passwords and keys: delete the file when it is done." : ""}`,
    ],
    drafts,
    BARE,
    wish.release,
  )
  return { ...made, remarks: [...unproven(wish.release), ...slow(kind, wish.release), ...made.remarks] }
}

/** What the account has to hold that imports or pastes it. */
export const needsOf = (kind: ScriptKind, wish: Wish): readonly Policy[] =>
  [...new Set(draftsOf(kind, wish).flatMap((draft) => draft.needs))].sort()
