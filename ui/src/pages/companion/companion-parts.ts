/** The parts of what a router tells of itself: its figures, its keys, what it watches, what its script did. */
import type { Companion, CompanionKey } from "@ispvm/appliance/api/companion"
import { html, nothing, type TemplateResult } from "lit"
import { duration } from "../../format/time.ts"
import { count } from "../../format/units.ts"
import { t } from "../../strings/strings.ts"
import { byUse, doneOf, isOldKey, refusedNow, skewOf, watchedOf } from "./companion-look.ts"
import { partsOf } from "./part-name.ts"
import { heartbeatOf } from "./wish-form.ts"
import "../../parts/ispvm-button.ts"
import "../../parts/ispvm-icon.ts"
import "../../parts/ispvm-status.ts"
import "../../parts/ispvm-time.ts"

const words = t.companion.tab

const figure = (label: string, value: unknown, below: unknown, look = "", title = "") =>
  html`<div class=${look} title=${title || nothing}><dt>${label}</dt><dd class="value">${value}</dd><dd class="below">${below}</dd></div>`

export const figures = (companion: Companion, isLate: boolean, nowMs: number): TemplateResult => {
  const { pushes, lastPushAtMs, lastPushFrom, clockSkewMs } = companion
  const skew = skewOf(clockSkewMs)
  const everyS = heartbeatOf(companion)
  return html`<dl class="figures">
    ${figure(
      words.lastPush,
      lastPushAtMs === null ? words.never : html`<ispvm-time at=${lastPushAtMs}></ispvm-time>`,
      isLate
        ? words.stale(duration(everyS * 1_000))
        : lastPushFrom === null
          ? nothing
          : html`${words.from} <span class="mono">${lastPushFrom}</span>`,
      isLate ? "late" : "",
    )}
    ${figure(words.skew, skew.text, skew.isBad ? words.skewBad : nothing, skew.isBad ? "amber" : "")}
    ${figure(words.taken, count(pushes.taken), words.takenHint)}
    ${figure(words.known, count(pushes.known), words.knownShort, "", words.knownHint)}
    ${figure(words.refused, count(pushes.refused), pushes.refused === 0 ? (refusedNow(companion) === null ? words.refusedNone : words.refusedHint) : refusalText(companion, nowMs), pushes.refused === 0 ? "" : "amber", words.refusedHint)}
    ${figure(words.lost, count(pushes.lost), words.lostShort, pushes.lost === 0 ? "" : "amber", words.lostHint)}
  </dl>`
}

const refusalText = ({ lastRefusal }: Companion, nowMs: number) =>
  lastRefusal === null
    ? words.refusedHint
    : html`${words.refusal(lastRefusal.reason, lastRefusal.message)} <span class="muted">${words.ago(duration(nowMs - lastRefusal.atMs))}</span>`

export type KeyActs = {
  readonly can: boolean
  readonly onRotate: () => void
  readonly onRevoke: (key: CompanionKey) => void
}
export const keyList = (keys: readonly CompanionKey[], { can, onRevoke }: KeyActs, nowMs: number): TemplateResult =>
  keys.length === 0
    ? html`<p class="muted">${words.noKeys}</p>`
    : html`<ul class="keys">
        ${byUse(keys).map((key) => {
          const isGood = key.state === "active" || key.state === "overlapping"
          return html`<li class=${isGood ? "" : "past"}>
            <span class="mono id" title=${key.id}>${words.short(key.id)}</span>
            <span class="state">${words.keyState[key.state]}${key.state === "overlapping" && key.expiresAtMs !== null ? html`, ${words.until(duration(key.expiresAtMs - nowMs))}` : nothing}</span>
            <span class="ages muted">${words.made} <ispvm-time at=${key.createdAtMs}></ispvm-time> · ${key.lastUsedAtMs === null ? words.neverUsed : html`${words.used} <ispvm-time at=${key.lastUsedAtMs}></ispvm-time>`}</span>
            ${can && isGood ? html`<ispvm-button kind="quiet" icon="shield-off" label="${words.revoke} ${words.short(key.id)}" @click=${() => onRevoke(key)}></ispvm-button>` : nothing}
            ${isOldKey(key, nowMs) ? html`<span class="old">${words.oldKey}</span>` : nothing}
          </li>`
        })}
      </ul>`

export const watchList = (companion: Companion): TemplateResult => {
  const watched = watchedOf(companion)
  return watched.length === 0
    ? html`<p class="muted">${words.noWatches}</p>`
    : html`<ul class="watches">
        ${watched.map(
          (each) => html`<li>
            ${
              each.state === null
                ? html`<ispvm-status status="unknown" word=${words.notHeard}></ispvm-status>`
                : html`<ispvm-status status=${each.state === "up" ? "ok" : "down"}></ispvm-status>`
            }
            <span class="name">${each.name} <span class="mono muted">${each.host}</span></span>
            ${each.state === null ? nothing : html`<ispvm-time since at=${each.sinceMs}></ispvm-time>`}
          </li>`,
        )}
      </ul>`
}

/** Nothing where the script did not test it: it is of an earlier version. */
const globalsRow = (globals: NonNullable<Companion["hello"]>["globals"]): TemplateResult | typeof nothing => {
  if (globals === null) return nothing
  const { is, text } = t.companion.tab.globals[globals]
  return html`<dt>${t.companion.tab.globalsTitle}</dt><dd class=${globals === "untested" ? "could" : ""}><div>${is}.</div><div class="muted">${text}</div></dd>`
}

export const helloText = (companion: Companion, hello: NonNullable<Companion["hello"]>): TemplateResult => {
  const named = (entries: readonly string[]): readonly string[] => partsOf(entries, new Map())
  return html`<dl class="hello">
    <dt>${t.companion.live.done}</dt>
    <dd>${named(doneOf(companion)).join(" · ") || t.terms.none}</dd>
    ${
      hello.failed.length === 0
        ? nothing
        : html`<dt>${t.companion.live.failed}</dt><dd class="could">${named(hello.failed).map((each) => html`<div>${each}</div>`)}</dd>`
    }
    ${globalsRow(hello.globals)}
  </dl>`
}
