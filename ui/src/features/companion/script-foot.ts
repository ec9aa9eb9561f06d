/** Below a script: how it gets to the router, and what follows once it is there. */
import type { Companion, CompanionScript, ScriptLink } from "@ispvm/appliance/api/companion"
import type { Device } from "@ispvm/appliance/api/inventory"
import { html, nothing } from "lit"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { saveFile } from "../../components/save-file.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import "../../components/ispvm-button.ts"
import "./ispvm-confirm-removal.ts"
import "./ispvm-report-strip.ts"
import "./ispvm-script-delivery.ts"

const strings = pageTexts.companion
type Kind = CompanionScript["kind"]

export type ScriptFootDeps = {
  readonly kind: Kind
  readonly script: CompanionScript
  readonly companion: Companion | null
  readonly deps: Deps
  readonly device: Device | null
  readonly link: ScriptLink | null
  readonly isLinkUsed: boolean
  /** The script does not match the form, so it cannot be copied. */
  readonly isUnavailable: boolean
  readonly busy: "" | "copy" | "link"
  readonly copied: "" | "copied" | "failed"
  readonly error: string
  readonly issuedAtMs: number | null
  readonly previousHelloAtMs: number | null
  readonly previousPushAtMs: number | null
  readonly onCopy: () => void
  readonly onLink: () => void
  /** The script was saved as a file. */
  readonly onDownload: () => void
}

/** Scripts with passwords in them. */
const SECRET: ReadonlySet<Kind> = new Set(["onboard", "accounts"])

const delivery = (foot: ScriptFootDeps) =>
  html`<ispvm-script-delivery
    .link=${foot.link}
    ?used=${foot.isLinkUsed}
    ?disabled=${foot.isUnavailable}
    ?legacy=${foot.script.release.startsWith("6.")}
    ?restricted=${SECRET.has(foot.kind) && !foot.deps.session.can("secrets:reveal")}
    busy=${foot.busy}
    copied=${foot.copied}
    error=${foot.error}
    @copy-script=${foot.onCopy}
    @make-link=${foot.onLink}
  ></ispvm-script-delivery>`

const reports = ({ companion, script, device, link, copied, ...foot }: ScriptFootDeps) =>
  html`<ispvm-report-strip
    .issuedAtMs=${foot.issuedAtMs}
    .untilMs=${copied === "" ? (link?.expiresAtMs ?? null) : null}
    .previousHelloAtMs=${foot.previousHelloAtMs}
    .hello=${companion?.hello ?? null}
    ?seen=${foot.issuedAtMs !== null && (companion?.lastPushAtMs ?? 0) > (foot.previousPushAtMs ?? 0)}
    .titles=${new Map(script.parts.map((part) => [part.id, part.title]))}
    ><ispvm-button icon="arrow-right" href=${paths.deviceCompanion(device?.id ?? "")}>${strings.live.open}</ispvm-button></ispvm-report-strip
  >`

const accounts = ({ script, isUnavailable, onDownload }: ScriptFootDeps) => {
  const save = (): void => {
    saveFile(`ispvm-${script.kind}.rsc`, script.text, "text/plain")
    onDownload()
  }
  return html`<p class="next">${strings.script.accountsNext}<ispvm-button class="push-end" icon="download" ?disabled=${isUnavailable} @click=${save}>${strings.script.download}</ispvm-button></p>`
}

const next = (foot: ScriptFootDeps) => {
  const { kind, device, deps, companion } = foot
  switch (kind) {
    case "onboard":
      return reports(foot)
    case "accounts":
      return accounts(foot)
    case "harden":
      return html`<p class="next">${strings.script.thenConfirm}<ispvm-button class="push-end" icon="check" href=${paths.deviceConnect(device?.id ?? "", "confirm-harden")}>${strings.tab.confirmHarden}</ispvm-button></p>`
    case "remove":
      return html`<ispvm-confirm-removal .deps=${deps} .device=${device} .companion=${companion}></ispvm-confirm-removal>`
    case "confirm-harden":
      return nothing
  }
}

export const scriptFoot = (foot: ScriptFootDeps) => html`${delivery(foot)} ${next(foot)}`
