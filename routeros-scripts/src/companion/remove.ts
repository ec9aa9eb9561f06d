/** Takes out what carries our tag and nothing else, after what was changed is as it was. */
import { HARDEN_UNDO, UNDO, where } from "./commands.ts"
import type { Draft } from "./draft.ts"
import { hardenParts } from "./harden.ts"
import { onboardParts } from "./onboard.ts"
import type { Wish } from "./wish.ts"

/**
 * The widest wish: what stands on a router may come from an earlier one. Only the tags count for what is taken out, not these values, which
 * appear nowhere.
 */
const everything = (wish: Wish): Wish => ({
  ...wish,
  agents: ["192.0.2.1", "2001:db8::1"],
  api: { username: "x", password: "x" },
  snmp: { version: 2, community: "x" },
  syslogTo: { address: "192.0.2.1", port: 514 },
  push: { url: "https://192.0.2.1/", key: "x", heartbeatS: 60, atMostAMinute: 20, queueMost: 100, watches: [], ...wish.push },
  harden: { servicesOff: ["telnet"], discoveryList: "all", undoAfterMinutes: 10 },
})

const undo = (name: string): string => `:if ([:len [/system script find where ${where({ name })}]] > 0) do={
  /system script run [/system script find where ${where({ name })}]
}
`

const bringBack: Draft = {
  id: "bring-back",
  title: "Bring back what was changed",
  why: "Runs the notes that were taken before anything was changed, newest first. A thing that is gone meanwhile is passed over.",
  text: `/system scheduler remove [/system scheduler find where ${where({ name: HARDEN_UNDO })}]
${undo(HARDEN_UNDO)}${undo(UNDO)}`,
  remove: "",
  needs: ["read", "write", "test"],
  expects: [],
  remarks: [],
}

const isPush = ({ id }: Draft): boolean => id === "push" || id.startsWith("push-")

/** In the opposite order of the making, but what reports is stopped first and what was changed comes back before its certificates go. */
export const removeParts = (wish: Wish): readonly Draft[] => {
  const made = [...onboardParts(everything(wish)), ...hardenParts(everything(wish))]
    .filter((draft) => draft.remove !== "")
    .toReversed()
    .map((draft) => ({
      ...draft,
      // Whether the router may report does not matter for taking out what reports.
      id: `remove-${draft.id}`,
      title: `Take out: ${draft.title}`,
      why: "",
      text: draft.remove,
      expects: [],
      remarks: [],
    }))
  const push = made.filter(({ id }) => isPush({ id: id.slice("remove-".length) } as Draft))
  return [...push, bringBack, ...made.filter((draft) => !push.includes(draft))]
}
