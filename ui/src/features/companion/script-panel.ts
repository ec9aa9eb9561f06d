/** The script panel: purpose, warnings, script, and delivery. */
import type { CompanionScript } from "@ispvm/appliance/api/companion"
import { html, nothing } from "lit"
import type { ApiError } from "../../api/problem.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-icon.ts"
import "../../components/ispvm-skeleton.ts"
import "./ispvm-script.ts"

const strings = pageTexts.companion

export type ScriptPanelDeps = {
  readonly kind: CompanionScript["kind"]
  readonly script: CompanionScript | null
  /** With its secrets. */
  readonly isShown: boolean
  /** Whether the user may see the secrets of the script. */
  readonly mayReveal: boolean
  /** The script does not match the form, so it cannot be copied. */
  readonly isUnavailable: boolean
  readonly isMaking: boolean
  readonly isCollapsed: boolean
  readonly isShowing: boolean
  /** The number of fields that are missing or not valid. */
  readonly problems: number
  /** The release is neither reported nor entered. */
  readonly needsRelease: boolean
  readonly error: ApiError | null
  readonly onRetry: () => void
  readonly onCollapse: () => void
  readonly onShow: () => void
  readonly foot: unknown
}

export const scriptPanel = (deps: ScriptPanelDeps) => {
  const { kind, script } = deps
  const isAlone = kind === "remove" || kind === "confirm-harden"
  return html`<section class="panel script ${isAlone ? "alone wide" : ""}" aria-labelledby="script">
    <header>
      <div class="heading">
        <h2 id="script">${strings.script.title}</h2>
        ${script === null ? nothing : html`<span class="caption">${sizeOf(script)}</span>`}
      </div>
      <div class="tools">
        ${deps.isMaking ? html`<span class="caption" role="status">${strings.script.making} …</span>` : nothing}
        ${script === null ? nothing : tools(deps)}
      </div>
    </header>
    <div class="scroll" role="group" aria-labelledby="script" tabindex="0">${script === null ? noScript(deps) : theScript(script, deps)}</div>
    ${script === null ? html`<div></div>` : html`<div class="foot">${deps.foot}</div>`}
  </section>`
}

const sizeOf = ({ release, parts, text }: CompanionScript): string =>
  `${strings.script.for(release)} · ${strings.script.parts(parts.length)}, ${strings.script.lines(text.split("\n").length - 1)}`

const tools = ({
  kind,
  mayReveal,
  isCollapsed,
  isShown,
  isShowing,
  isUnavailable,
  onCollapse,
  onShow,
}: ScriptPanelDeps) =>
  html`<ispvm-button kind="quiet" @click=${onCollapse}>${isCollapsed ? strings.script.expand : strings.script.collapse}</ispvm-button>
    ${
      kind === "onboard" && mayReveal
        ? html`<ispvm-button kind="quiet" icon=${isShown ? "eye-off" : "eye"} ?busy=${isShowing} ?disabled=${isUnavailable} @click=${() => isUnavailable || onShow()}>${isShown ? strings.script.hide : strings.script.show}</ispvm-button>`
        : nothing
    }`

const noScript = ({ kind, problems, needsRelease, error, isMaking, onRetry }: ScriptPanelDeps) => {
  if (error !== null)
    return html`<ispvm-failed heading=${strings.script.failed} why=${error.message} @retry=${onRetry}></ispvm-failed>`
  if (!isMaking && (problems > 0 || kind === "harden" || kind === "accounts"))
    return html`<p class="lonely">${needsRelease ? strings.script.releaseRequired : problems > 0 ? strings.script.incomplete : strings.script.none}</p>`
  return html`<ispvm-skeleton lines="14"></ispvm-skeleton>`
}

const theScript = (
  script: CompanionScript,
  { problems, error, isShown, isCollapsed }: ScriptPanelDeps,
) => {
  const isOfField = error !== null && error.fields.length > 0
  return html`<div class="notices">${
    script.isProven || script.remarks.some(isUnproven)
      ? nothing
      : notice("triangle-alert", strings.script.unproven, true)
  }${problems > 0 || isOfField ? notice("triangle-alert", strings.script.fixFirst, true) : nothing}${
    error === null || isOfField
      ? nothing
      : html`<p class="form-error" role="alert">${error.message}</p>`
  }${isShown ? notice("eye", strings.script.shown, true) : nothing}${remarksOf(script)}</div>
    <ispvm-script .script=${script} ?stale=${problems > 0 || error !== null} ?collapsed=${isCollapsed}></ispvm-script>`
}

/**
 * Only a few lines, so that the script stays visible: fifty netwatch hosts that a release does not
 * support are fifty remarks.
 */
const REMARKS = 4
const remarksOf = ({ remarks }: CompanionScript) => {
  const draw = (remark: CompanionScript["remarks"][number]) =>
    isUnproven(remark)
      ? notice("triangle-alert", strings.script.unproven, true)
      : notice("info", html`<span lang="en">${remark.text}</span>`, false)
  if (remarks.length <= REMARKS + 1) return remarks.map(draw)
  return html`${remarks.slice(0, REMARKS).map(draw)}<details class="more">
      <summary>${strings.script.moreRemarks(remarks.length - REMARKS)}</summary>
      ${remarks.slice(REMARKS).map(draw)}
    </details>`
}

/** The note for a release whose commands come only from its documentation. */
const isUnproven = ({ id }: CompanionScript["remarks"][number]): boolean => id === "unproven"

const notice = (icon: "info" | "triangle-alert" | "eye", text: unknown, isStrong: boolean) =>
  html`<p class="notice small ${isStrong ? "plain" : "soft"}"><ispvm-icon class=${isStrong ? "status-degraded" : "muted"} name=${icon} size="14"></ispvm-icon><span>${text}</span></p>`
