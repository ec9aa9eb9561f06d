/** The timeline of an incident as items of the timeline component. */

import type { TimelineEntry } from "@ispvm/appliance/api/incidents"
import type { Status } from "@ispvm/appliance/api/shared"
import { html } from "lit"
import type { TimelineItem } from "../../components/ispvm-timeline.ts"
import { messageText } from "../../i18n/strings/message-text.ts"
import { t } from "../../i18n/strings/strings.ts"
import { linkedText, type Names } from "./linked-text.ts"
import { mentionOf, mentionParts, NO_PEOPLE, type People } from "./mentions.ts"

const MARKS: Readonly<Partial<Record<TimelineEntry["kind"], Status>>> = {
  opened: "down",
  "cause-changed": "degraded",
  recovered: "recovering",
  closed: "ok",
  reopened: "down",
}

/** Newest first. Entries of people have their name, those of the appliance do not. */
export const timelineItems = (
  entries: readonly TimelineEntry[],
  names: Names,
  people: People = NO_PEOPLE,
): readonly TimelineItem[] =>
  [...entries]
    .map((entry, index) => ({ entry, index }))
    .sort((a, b) => b.entry.atMs - a.entry.atMs || b.index - a.index)
    .map(({ entry }): TimelineItem => {
      const label = t.incidents.timelineKind[entry.kind]
      const mark = MARKS[entry.kind]
      const plain = messageText(entry.message)
      const text = mentionParts(plain, entry.mentions ?? [], people).map((part) =>
        typeof part === "string" ? linkedText(part, names, "") : mentionOf(part),
      )
      const byPerson = entry.who !== t.terms.product && !plain.includes(entry.who)
      return {
        id: entry.id,
        atMs: entry.atMs,
        text: label === undefined ? html`${text}` : html`<strong>${label}:</strong> ${text}`,
        ...(mark === undefined ? {} : { status: mark }),
        ...(byPerson ? { who: entry.who } : {}),
      }
    })
