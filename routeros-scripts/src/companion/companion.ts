/**
 * Routers that report themselves: the scripts that set up a router, undo it, and compare a router
 * with its configuration. Pure: the same configuration gives the same bytes.
 */
import { compose, isProven, isPushPart, type PartText } from "./compose.ts"
import type { DesiredConfig, GeneratedScript, Remark, ScriptKind } from "./desired-config.ts"
import { isV6 } from "./features.ts"
import { confirmPart, hardenParts } from "./harden.ts"
import { onboardParts } from "./onboard.ts"
import type { PartSpec, Policy } from "./part-spec.ts"
import { account, diagnosticsAccount } from "./parts/account.ts"
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
  accounts: "set up the accounts of the agents",
  harden: "harden this router",
  "confirm-harden": "keep what was hardened",
  remove: "take out all that was added and bring back what was changed",
}

const partsOf = (kind: ScriptKind, desired: DesiredConfig): readonly PartSpec[] => {
  switch (kind) {
    case "onboard":
      return onboardParts(desired)
    case "accounts":
      return [account(desired), diagnosticsAccount(desired)].filter((each) => each !== null)
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

/** Parts without the common frame, because they create or remove what the frame uses. */
const UNGUARDED: ReadonlySet<string> = new Set(["preamble", "report"])

const unproven = (release: string): readonly Remark[] =>
  isProven(release)
    ? []
    : [
        {
          id: "unproven",
          text: `The commands of RouterOS ${release} are known only from its manual, not from a router's own list: try the script on one router first.`,
        },
      ]

/** A terminal of RouterOS 6 redraws the whole line at each typed character. */
const slowPaste = (kind: ScriptKind, release: string): readonly Remark[] =>
  kind === "onboard" && isV6(release)
    ? [
        {
          id: "slow-paste",
          text: "Pasting into a terminal of RouterOS 6 takes minutes, and some terminals lose part of the text. Fetch the script, or upload the file and /import it.",
        },
      ]
    : []

/** Expects a valid configuration (`validationErrors` is empty). */
export const makeScript = (kind: ScriptKind, desired: DesiredConfig): GeneratedScript => {
  const specs: readonly PartText[] = specsOf(kind, desired)
  const made = compose(
    [
      `ISP Visual Monitor: ${SCRIPT_TITLES[kind]}: ${desired.routerName} (${desired.profile})`,
      `Made for RouterOS ${desired.release}. To be pasted into a terminal or imported; run twice, it changes nothing. ${kind === "onboard" || kind === "accounts" ? "It holds passwords and keys: delete the file when it is done." : ""}`,
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

/** The policies of the account that imports or pastes the script. */
export const needsOf = (kind: ScriptKind, desired: DesiredConfig): readonly Policy[] =>
  [...new Set(specsOf(kind, desired).flatMap((spec) => spec.needs))].sort()
