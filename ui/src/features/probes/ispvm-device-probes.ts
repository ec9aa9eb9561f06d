import { html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { t } from "../../i18n/strings/strings.ts"
import { RequestController } from "../../state/request.ts"
import { stackHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-empty.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-skeleton.ts"
import "./ispvm-probe-list.ts"

const strings = t.probes
const REFRESH_MS = 15_000
const SOON_MS = 2_500

/** The probes that belong to a device. */
@customElement("ispvm-device-probes")
export class IspvmDeviceProbes extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property() device = ""
  readonly #probes = new RequestController(this, {
    key: () => (this.deps === null ? null : ([this.device] as const)),
    load: async ([device]) => {
      if (this.deps === null) throw new Error("no deps")
      return (await this.deps.api.probes({ device })).items
    },
    everyMs: REFRESH_MS,
    keepsValue: ([was], [is]) => was === is,
  })

  static override styles = [shared, stackHost]

  override render() {
    const { deps } = this
    if (deps === null) return nothing
    const add = deps.session.can("probes:write")
      ? html`<ispvm-button icon="plus" href=${paths.probesBy({ edit: "new", device: this.device })}>${strings.add}</ispvm-button>`
      : nothing
    return this.#probes.render({
      loading: () => html`<ispvm-skeleton lines="4"></ispvm-skeleton>`,
      failed: (error) =>
        html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#probes.reload}></ispvm-failed>`,
      ready: (probes) =>
        probes.length === 0
          ? html`<ispvm-empty icon="radar" heading=${strings.emptyTitle} text=${strings.emptyDevice}>${add}</ispvm-empty>`
          : html`<ispvm-probe-list bare .deps=${deps} .probes=${probes} @ran=${() => this.#probes.reloadIn(SOON_MS)} @edit-probe=${(event: CustomEvent<string>) => deps.go(paths.probesBy({ edit: event.detail }))}></ispvm-probe-list>
              <div class="pad">${add}</div>`,
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-device-probes": IspvmDeviceProbes
  }
}
