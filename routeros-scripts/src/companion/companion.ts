/**
 * Routers that report themselves: the scripts that make a router watch and tell, undo it, and say how far the router has drifted from them.
 * Pure: the same wish gives the same bytes.
 */
import { compose, isProven, isPushPart, type PartText } from "./compose.ts"
import type { DesiredConfig, GeneratedScript, Remark, ScriptKind } from "./desired-config.ts"
import { isV6 } from "./features.ts"
import { confirmPart, hardenParts } from "./harden.ts"
import { onboardParts } from "./onboard.ts"
import type { PartSpec, Policy } from "./part-spec.ts"
import { preamble } from "./parts/preamble.ts"
import { report } from "./parts/report.ts"
import { helloText } from "./push/push.ts"
import { removeParts } from "./remove.ts"

export { type Bootstrap, bootstrapCommand } from "./bootstrap.ts"
export * from "./desired-config.ts"
export { exampleConfig } from "./example-config.ts"
export type { Policy } from "./part-spec.ts"
export { validationErrors } from "./validation.ts"
export { driftOf, menuReadsFor } from "./verify.ts"

const SCRIPT_TITLES: Readonly<Record<ScriptKind, string>> = {
  onboard: "connect this router",
  harden: "harden this router",
  "confirm-harden": "keep what was hardened",
  remove: "take out all that was added and bring back what was changed",
}

const partsOf = (kind: ScriptKind, desired: DesiredConfig): readonly PartSpec[] => {
  switch (kind) {
    case "onboard":
      return onboardParts(desired)
    case "harden":
      return hardenParts(desired)
    case "confirm-harden":
      return [confirmPart()]
    case "remove":
      return removeParts(desired)
  }
}

const specsOf = (kind: ScriptKind, desired: DesiredConfig): readonly PartSpec[] => {
  const parts = partsOf(kind, desired)
  const ids = parts.map(({ id }) => id)
  const expected = {
    always: ids.filter((id) => !isPushPart(id)),
    ifPushing: ids.filter(isPushPart),
  }
  return [
    preamble(kind, desired),
    ...parts,
    report(SCRIPT_TITLES[kind], kind === "onboard" ? helloText(desired) : "", expected),
  ]
}

/** What stands in the script as it is: it makes or takes away the frame of the other parts. */
const UNGUARDED: ReadonlySet<string> = new Set(["preamble", "report"])

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
const slowPaste = (kind: ScriptKind, release: string): readonly Remark[] =>
  kind === "onboard" && isV6(release)
    ? [
        {
          id: "slow-paste",
          text: "Pasted into a terminal of RouterOS 6 this takes minutes, and some terminals lose part of it: fetch it, or upload the file and /import it.",
        },
      ]
    : []

/** A wish without faults (`faultsIn`) is assumed. */
export const makeScript = (kind: ScriptKind, desired: DesiredConfig): GeneratedScript => {
  const specs: readonly PartText[] = specsOf(kind, desired)
  const made = compose(
    [
      `ISP Visual Monitor: ${SCRIPT_TITLES[kind]}: ${desired.routerName} (${desired.profile})`,
      `Made for RouterOS ${desired.release}. To be pasted into a terminal or imported; run twice, it changes nothing. ${kind === "onboard" ? "It holds passwords and keys: delete the file when it is done." : ""}`,
    ],
    specs,
    UNGUARDED,
    desired.release,
  )
  return {
    ...made,
    remarks: [...unproven(desired.release), ...slowPaste(kind, desired.release), ...made.remarks],
  }
}

/** What the account has to hold that imports or pastes it. */
export const needsOf = (kind: ScriptKind, desired: DesiredConfig): readonly Policy[] =>
  [...new Set(specsOf(kind, desired).flatMap((spec) => spec.needs))].sort()
