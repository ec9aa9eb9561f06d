/** The menus of an incident's actions: entries, and the action of each. Pure. */
import type { Assignee } from "@ispvm/appliance/api/incident-actions"
import { type Incident, SEVERITIES, type Symptom } from "@ispvm/appliance/api/incidents"
import { CAUSE_CODES } from "@ispvm/appliance/api/workflow-messages"
import type { MenuEntry } from "../../components/ispvm-menu.ts"
import { duration } from "../../i18n/format/time.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import type { ActionOnOne } from "./act-on-one.ts"

const strings = t.workflow
const MINUTE_MS = 60_000
const TAKE_MINUTES = [30, 60, 240, 720] as const
const SNOOZE_MINUTES = [30, 120, 480] as const

export type MenuAction = { readonly entry: MenuEntry; readonly action: ActionOnOne }
export type WorkflowMenu = {
  readonly key: "take" | "assign" | "snooze" | "severity" | "close"
  readonly label: string
  readonly actions: readonly MenuAction[]
}

const item = (key: string, label: string, action: ActionOnOne): MenuAction => ({
  entry: { key, label },
  action,
})

export const takeMenu = (note: string, ifOpen: boolean): WorkflowMenu => ({
  key: "take",
  label: strings.acknowledgeFor,
  actions: TAKE_MINUTES.map((forMinutes) =>
    item(String(forMinutes), strings.forSpan(duration(forMinutes * MINUTE_MS)), {
      action: "acknowledge",
      forMinutes,
      note,
      ifOpen,
    }),
  ),
})

export const assignMenu = (assignees: readonly Assignee[], me: string): WorkflowMenu => {
  const own = assignees.find(({ id }) => id === me)
  const others = assignees.filter(({ id }) => id !== me)
  return {
    key: "assign",
    label: strings.assign,
    actions: [
      ...(own === undefined ? [] : [item(own.id, strings.toMe, { action: "assign", account: me })]),
      ...others.map(({ id, name }) => item(id, name, { action: "assign", account: id })),
      item("nobody", strings.toNobody, { action: "assign", account: null }),
    ],
  }
}

/** 08:00 of the day after, in the reader's zone. */
export const tomorrowMorning = (nowMs: number): number => {
  const at = new Date(nowMs)
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1, 8).getTime()
}

export const snoozeMenu = (isSnoozed: boolean, nowMs: number): WorkflowMenu => ({
  key: "snooze",
  label: strings.snooze,
  actions: [
    ...SNOOZE_MINUTES.map((minutes) =>
      item(String(minutes), strings.snoozeFor(duration(minutes * MINUTE_MS)), {
        action: "snooze",
        untilMs: nowMs + minutes * MINUTE_MS,
      }),
    ),
    item("tomorrow", strings.snoozeTomorrow, { action: "snooze", untilMs: tomorrowMorning(nowMs) }),
    ...(isSnoozed ? [item("end", strings.unsnooze, { action: "snooze", untilMs: null })] : []),
  ],
})

export const severityMenu: WorkflowMenu = {
  key: "severity",
  label: strings.changeSeverity,
  actions: [
    ...SEVERITIES.map((severity) =>
      item(severity, strings.severity[severity], { action: "severity", severity }),
    ),
    item("automatic", strings.automatic, { action: "severity", severity: null }),
  ],
}

export const closeMenu = (note: string): WorkflowMenu => ({
  key: "close",
  label: strings.close,
  actions: CAUSE_CODES.map((causeCode) =>
    item(causeCode, upper(strings.causeCode[causeCode]), { action: "close", causeCode, note }),
  ),
})
const upper = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1)

/** Menus for the state of an incident; those for one whose fault is over change its record alone. */
export const menusOf = (
  incident: Pick<Incident, "state" | "snoozedUntilMs">,
  assignees: readonly Assignee[],
  me: string,
  note: string,
  nowMs: number,
): readonly WorkflowMenu[] =>
  incident.state === "closed"
    ? [closeMenu(note), assignMenu(assignees, me)]
    : [
        takeMenu(note, incident.state === "open"),
        assignMenu(assignees, me),
        snoozeMenu(incident.snoozedUntilMs !== null, nowMs),
        severityMenu,
        closeMenu(note),
      ]

/** More of them are chosen in a dialog. */
const MAX_ENTRIES = 10
export const symptomText = ({ deviceName, interface: port, kind, found }: Symptom): string => {
  if (found !== undefined) return messageText({ code: "symptom.rule", params: found })
  const what = port === null ? t.incidents.alertKind(kind) : t.incidents.portDown(port)
  return deviceName === null ? what : `${deviceName} · ${what}`
}

/** Keys are ids; `more` opens the dialog. */
export const mergeEntries = (others: readonly Incident[]): readonly MenuEntry[] => [
  ...others
    .slice(0, MAX_ENTRIES)
    .map(({ id, number, title }) => ({ key: id, label: `#${number} ${messageText(title)}` })),
  ...(others.length <= MAX_ENTRIES ? [] : [{ key: "more", label: strings.merge }]),
]
export const splitEntries = (active: readonly Symptom[]): readonly MenuEntry[] => [
  ...active
    .slice(0, MAX_ENTRIES)
    .map((symptom) => ({ key: symptom.alertId, label: symptomText(symptom) })),
  ...(active.length <= 2 ? [] : [{ key: "more", label: strings.split }]),
]
