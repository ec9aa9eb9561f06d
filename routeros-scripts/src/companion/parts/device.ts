/**
 * Obstacles on the router itself: device-mode, and a clock that cannot be right. Also the note of
 * changes.
 */
import { note, OURS_BY_NAME, tagged, UNDO, where } from "../commands.ts"
import type { DesiredConfig } from "../desired-config.ts"
import { has } from "../features.ts"
import type { PartSpec } from "../part-spec.ts"
import { quote } from "../quote.ts"

const FORBIDDEN: Readonly<Record<"fetch" | "scheduler", string>> = {
  fetch: "posting (fetch)",
  scheduler: "watching (scheduler)",
}

export const deviceMode = (desired: DesiredConfig): PartSpec | null => {
  if (desired.push === null || !has(desired.release, "deviceMode")) return null
  const check = (
    name: "fetch" | "scheduler",
  ): string => `:if (![/system device-mode get ${name}]) do={
  :set ispvmPush false
  ${note(`device-mode forbids ${FORBIDDEN[name]}, so the router will not report by itself. To allow it: /system device-mode update ${name}=yes, then press the reset button or cut the power within the time it names, and run this script again.`)}
}
`
  return {
    id: "device-mode",
    title: "Check whether device-mode allows the router to report",
    why: "From 7.17 on boards are delivered with fetch or scheduler forbidden, and only somebody who stands beside the router can allow them. Nothing is changed; where they are forbidden the parts that report are left out and the rest is done.",
    text: `${check("fetch")}${check("scheduler")}`,
    remove: "",
    needs: ["read"],
    expects: [],
    remarks: [],
  }
}

/** A router that runs this script cannot be in an earlier year. */
const EARLIEST_YEAR = 2025

export const clock = (desired: DesiredConfig): PartSpec => ({
  id: "clock",
  title: "Check the clock",
  why: "Certificates are checked against the router's clock, so a router that takes this for 1970 cannot post. Nothing is changed: where the time comes from is the operator's choice.",
  text: `:local date [:tostr [/system clock get date]]
:local year [:pick $date 7 11]
:if ([:pick $date 4 5] = "-") do={ :set year [:pick $date 0 4] }
:if ([:tonum $year] < ${EARLIEST_YEAR}) do={
  ${note(`the clock cannot be right, and certificates are checked against it: set it (/system clock set date= time=) and have it kept right (/system ntp client), else the router cannot report.`)}
}
:if (![/system ntp client get enabled]) do={
  ${note(`the NTP client is off: the clock will drift (/system ntp client set enabled=yes ${has(desired.release, "ipv6") ? "servers=" : "primary-ntp="}).`)}
}
`,
  remove: "",
  needs: ["read"],
  expects: [],
  remarks: [],
})

/** Created before any change, so that no part has to check for it. */
export const undoRecord = (): PartSpec => ({
  id: "undo-record",
  title: "Record of the earlier configuration",
  why: "What is changed rather than added is noted beforehand in a stored script, as the commands that bring it back. A second run leaves the note alone; the removal runs it.",
  text: `:if ([:len [/system script find where ${where({ name: UNDO })}]] = 0) do={
  /system script add name=${quote(UNDO)} policy=read,write source=${quote("# How it was before ISP Visual Monitor changed it.\n")} comment=${quote(tagged("brings back what was changed"))}
}
`,
  remove: `/system script remove [/system script find where ${OURS_BY_NAME}]
`,
  needs: ["read", "write"],
  expects: [{ menu: "/system/script", by: { name: UNDO }, want: {}, secret: [] }],
  remarks: [],
})
