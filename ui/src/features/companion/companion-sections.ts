/** Sections of the self-reporting tab: figures, keys, netwatch hosts, self-test. */
import type { Companion, CompanionKey } from "@ispvm/appliance/api/companion"
import { html, nothing, type TemplateResult } from "lit"
import { figure } from "../../components/figure.ts"
import { duration } from "../../i18n/format/time.ts"
import { count } from "../../i18n/format/units.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { t } from "../../i18n/strings/strings.ts"
import {
  byUse,
  completedParts,
  currentRejection,
  isOldKey,
  netwatchRows,
  skewOf,
} from "./companion-status.ts"
import { heartbeatOf } from "./desired-config-form.ts"
import { partsOf } from "./part-name.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-icon.ts"
import "../../components/ispvm-status.ts"
import "../../components/ispvm-time.ts"

const strings = pageTexts.companion.tab

export const figures = (companion: Companion, isLate: boolean, nowMs: number): TemplateResult => {
  const { pushes, lastPushAtMs, lastPushFrom, clockSkewMs } = companion
  const skew = skewOf(clockSkewMs)
  const everyS = heartbeatOf(companion)
  return html`<dl class="figures lined-columns">
    ${figure(
      strings.lastPush,
      lastPushAtMs === null ? strings.never : html`<ispvm-time at=${lastPushAtMs}></ispvm-time>`,
      isLate
        ? strings.stale(duration(everyS * 1_000))
        : lastPushFrom === null
          ? nothing
          : html`${strings.from} <span class="mono">${lastPushFrom}</span>`,
      isLate ? "late" : "",
    )}
    ${figure(strings.skew, skew.text, skew.isBad ? strings.skewBad : nothing, skew.isBad ? "scarce" : "")}
    ${figure(strings.accepted, count(pushes.accepted), strings.acceptedHint)}
    ${figure(strings.duplicates, count(pushes.duplicates), strings.duplicatesShort, "", strings.duplicatesHint)}
    ${figure(strings.rejected, count(pushes.rejected), pushes.rejected === 0 ? (currentRejection(companion) === null ? strings.rejectedNone : strings.rejectedHint) : rejectionText(companion, nowMs), pushes.rejected === 0 ? "" : "scarce", strings.rejectedHint)}
    ${figure(strings.lost, count(pushes.lost), strings.lostShort, pushes.lost === 0 ? "" : "scarce", strings.lostHint)}
  </dl>`
}

const rejectionText = ({ lastRejection }: Companion, nowMs: number) =>
  lastRejection === null
    ? strings.rejectedHint
    : html`${strings.rejection(lastRejection.reason, lastRejection.message)} <span class="muted">${strings.ago(duration(nowMs - lastRejection.atMs))}</span>`

export type KeyActions = {
  readonly can: boolean
  readonly onRotate: () => void
  readonly onRevoke: (key: CompanionKey) => void
}
export const keyList = (
  keys: readonly CompanionKey[],
  { can, onRevoke }: KeyActions,
  nowMs: number,
): TemplateResult =>
  keys.length === 0
    ? html`<p class="muted">${strings.noKeys}</p>`
    : html`<ul class="keys lined-rows">
        ${byUse(keys).map((key) => {
          const isGood = key.state === "active" || key.state === "overlapping"
          return html`<li>
            <span class="mono ${isGood ? "" : "muted"}" title=${key.id}>${strings.short(key.id)}</span>
            <span class=${isGood ? "emphasis" : "muted"}>${strings.keyState[key.state]}${key.state === "overlapping" && key.expiresAtMs !== null ? html`, ${strings.until(duration(key.expiresAtMs - nowMs))}` : nothing}</span>
            <span class="ages muted">${strings.made} <ispvm-time at=${key.createdAtMs}></ispvm-time> · ${key.lastUsedAtMs === null ? strings.neverUsed : html`${strings.used} <ispvm-time at=${key.lastUsedAtMs}></ispvm-time>`}</span>
            ${can && isGood ? html`<ispvm-button kind="quiet" icon="shield-off" label="${strings.revoke} ${strings.short(key.id)}" @click=${() => onRevoke(key)}></ispvm-button>` : nothing}
            ${isOldKey(key, nowMs) ? html`<span class="old">${strings.oldKey}</span>` : nothing}
          </li>`
        })}
      </ul>`

export const netwatchList = (companion: Companion): TemplateResult => {
  const rows = netwatchRows(companion)
  return rows.length === 0
    ? html`<p class="muted">${strings.noNetwatch}</p>`
    : html`<ul class="netwatch lined-rows">
        ${rows.map(
          (each) => html`<li>
            ${
              each.state === null
                ? html`<ispvm-status status="unknown" word=${strings.notReported}></ispvm-status>`
                : html`<ispvm-status status=${each.state === "up" ? "ok" : "down"}></ispvm-status>`
            }
            <span class="wrap">${each.name} <span class="mono muted">${each.host}</span></span>
            ${each.state === null ? nothing : html`<ispvm-time class="soft" since at=${each.sinceMs}></ispvm-time>`}
          </li>`,
        )}
      </ul>`
}

/** Empty if the script, of an earlier version, had no self-test. */
const globalsRow = (
  globals: NonNullable<Companion["hello"]>["globals"],
): TemplateResult | typeof nothing => {
  if (globals === null) return nothing
  const { is, text } = pageTexts.companion.tab.globals[globals]
  return html`<dt class="small">${pageTexts.companion.tab.globalsTitle}</dt><dd class="wrap ${globals === "untested" ? "text-warn" : "soft"}"><div>${is}.</div><div class="muted">${text}</div></dd>`
}

export const helloText = (
  companion: Companion,
  hello: NonNullable<Companion["hello"]>,
): TemplateResult => {
  const named = (entries: readonly string[]): readonly string[] => partsOf(entries, new Map())
  return html`<dl class="hello">
    <dt class="small">${pageTexts.companion.live.done}</dt>
    <dd class="soft wrap">${named(completedParts(companion)).join(" · ") || t.terms.none}</dd>
    ${
      hello.failed.length === 0
        ? nothing
        : html`<dt class="small">${pageTexts.companion.live.failed}</dt><dd class="text-warn wrap">${named(hello.failed).map((each) => html`<div>${each}</div>`)}</dd>`
    }
    ${globalsRow(hello.globals)}
  </dl>`
}
