import type { Collector } from "@ispvm/appliance/api/collectors"
import { css, html, LitElement } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { duration } from "../../i18n/format/time.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { ChoiceController } from "../../state/choice.ts"
import { setIntervals } from "../../state/freshness.ts"
import { RequestController } from "../../state/request.ts"
import { shared } from "../../theme/shared.ts"
import { intervalChoices, intervalOf } from "./interval-choices.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-select.ts"
import "../../components/ispvm-skeleton.ts"

const strings = t.collectors
const labelOf = ({ name }: Pick<Collector, "name">): string => strings.names[name] ?? name

/** The collection interval of each collector. A choice is saved at once. */
@customElement("ispvm-collectors")
export class IspvmCollectors extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  readonly #action = new ActionController(this)
  readonly #choice = new ChoiceController(this, (name, value) =>
    this.#change(name, intervalOf(value)),
  )
  readonly #collectors = new RequestController(this, {
    key: () => (this.deps === null ? null : [this.deps]),
    load: async () => (await this.deps?.api.collectors())?.items ?? [],
    onReady: setIntervals,
  })

  static override styles = [
    shared,
    css`
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) var(--size-48);
        gap: var(--space-2) var(--space-4);
        align-items: center;
        padding-block: var(--space-2);
      }
    `,
  ]

  override render() {
    return this.#collectors.render({
      loading: () => html`<ispvm-skeleton lines="6"></ispvm-skeleton>`,
      failed: (error) =>
        html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#collectors.reload}></ispvm-failed>`,
      ready: (collectors) =>
        html`<ul class="lined-rows">
          ${collectors.map((each) => this.#row(each))}
        </ul>`,
    })
  }

  #row(collector: Collector) {
    const { name, isKnown, overrideMs } = collector
    const label = labelOf(collector)
    return html`<li>
      <div>
        ${label}
        <div class="caption">${isKnown ? name : strings.unknown}</div>
      </div>
      <ispvm-select
        bare
        label=${strings.interval(label)}
        .value=${this.#choice.shown(name, overrideMs === null ? "" : String(overrideMs))}
        .choices=${intervalChoices(collector)}
        @change-value=${(event: CustomEvent<string>) => void this.#choice.choose(name, event.detail)}
      ></ispvm-select>
    </li>`
  }

  async #change(name: string, everyMs: number | null): Promise<void> {
    const deps = this.deps
    if (deps === null) return
    const label = labelOf({ name })
    const done = await this.#action.run("change", () => deps.api.changeCollector(name, { everyMs }))
    const text =
      everyMs === null ? strings.removed(label) : strings.changed(label, duration(everyMs))
    deps.toast(
      done === null ? { tone: "failed", text: this.#action.message } : { tone: "done", text },
    )
    await this.#collectors.reload()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-collectors": IspvmCollectors
  }
}
