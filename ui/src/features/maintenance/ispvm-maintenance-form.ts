import type { MaintenanceWindow } from "@ispvm/appliance/api/maintenance"
import { html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { BodyOf } from "../../api/call.ts"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { FormController } from "../../components/form-controller.ts"
import { nowMs } from "../../components/now.ts"
import { t } from "../../i18n/strings/strings.ts"
import type { Fleet } from "../../state/fleet-model.ts"
import { RequestController } from "../../state/request.ts"
import { form } from "../../theme/form.ts"
import { stackHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import { blankForm, bodyOf, formOf, type MaintenanceForm, REPEATS } from "./form-body.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-combobox.ts"
import "../../components/ispvm-multi-select.ts"

const strings = t.maintenance.form
const OWN_ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone
const ZONES = [...new Set([OWN_ZONE, "UTC", ...Intl.supportedValuesOf("timeZone")])].map(
  (value) => ({ value, label: value }),
)
type Named = { readonly id: string; readonly name: string }
/** Also those of the window that nothing carries now. */
const tagsOf = ({ sites, devices, links }: Fleet, chosen: readonly string[]): string[] => {
  const all = [...sites.values(), ...devices.values(), ...links.values()]
  const ofWindow = chosen.flatMap((key) => (key.startsWith("tag:") ? [key.slice(4)] : []))
  return [...new Set([...all.flatMap(({ tags = [] }) => tags), ...ofWindow])].sort()
}
const choicesOf = (fleet: Fleet, regions: readonly Named[], chosen: readonly string[]) => [
  ...regions.map(({ id, name }) => ({
    value: `region:${id}`,
    label: t.maintenance.region(name),
  })),
  ...tagsOf(fleet, chosen).map((tag) => ({
    value: `tag:${tag}`,
    label: t.maintenance.tag(tag),
  })),
  ...componentsOf(fleet),
]
const componentsOf = ({ sites, devices, links }: Fleet) => [
  ...[...sites.values()].map(({ id, name }) => ({ value: `site:${id}`, label: name })),
  ...[...devices.values()].map(({ id, name }) => ({ value: `device:${id}`, label: name })),
  ...[...links.values()].map(({ id, name }) => ({ value: `link:${id}`, label: name })),
]

/** Plans a maintenance window, or changes one. Emits `saved` and `dismiss`. */
@customElement("ispvm-maintenance-form")
export class IspvmMaintenanceForm extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  /** Null: a new one. */
  @property({ attribute: false }) window: MaintenanceWindow | null = null
  @property({ attribute: false }) targets: readonly string[] = []
  @state() private isRemoving = false
  #shownId: string | null = null
  readonly #regions = new RequestController(this, {
    key: () => (this.deps === null ? null : ([this.deps] as const)),
    load: async ([{ api }]) => (await api.regions()).items,
  })
  readonly #form = new FormController<MaintenanceForm, BodyOf<"POST /maintenance">>(this, {
    initial: blankForm(OWN_ZONE, nowMs(), []),
    body: bodyOf,
    schema: (schemas) => schemas.MaintenanceInput,
    paths: { own: "rrule" },
  })

  static override styles = [shared, stackHost, form]

  override willUpdate(): void {
    const id = this.window?.id ?? "new"
    if (this.#shownId === id) return
    this.#shownId = id
    this.#form.set(
      this.window === null ? blankForm(OWN_ZONE, nowMs(), this.targets) : formOf(this.window),
    )
  }

  override render() {
    const { deps, window } = this
    if (deps === null) return nothing
    const { filled } = this.#form
    const choices = choicesOf(deps.fleet.value, this.#regionChoices(), filled.targets)
    const problem = this.#form.error("targets")
    return html`<form class="stack-4" novalidate @submit=${this.#onSubmit}>
      ${this.#form.errors()}
      ${this.#form.field("name", { label: strings.name })}
      <div class="stack-1">
        <ispvm-multi-select label=${strings.targets} .values=${filled.targets} .choices=${choices} @change-values=${(event: CustomEvent<readonly string[]>) => this.#form.set({ targets: event.detail })}></ispvm-multi-select>
        ${problem === "" ? html`<p class="caption">${strings.targetsHint}</p>` : html`<div class="form-error" role="alert">${problem}</div>`}
        <label class="with-icon"><input type="checkbox" .checked=${filled.withDependents} @change=${() => this.#form.set({ withDependents: !filled.withDependents })} />${strings.dependents}</label>
      </div>
      <div class="halves">
        <ispvm-field label=${strings.date} type="datetime-local" .value=${filled.startsAt} error=${this.#form.error("startsAt")} @change-value=${(event: CustomEvent<string>) => this.#form.set({ startsAt: event.detail })}></ispvm-field>
        ${this.#form.field("minutes", { label: strings.minutes, type: "number", hint: strings.minutesHint })}
      </div>
      <div class="halves">
        <ispvm-combobox label=${strings.zone} .value=${filled.zone} .choices=${ZONES} error=${this.#form.error("zone")} @change-value=${(event: CustomEvent<string>) => this.#form.set({ zone: event.detail })}></ispvm-combobox>
        ${this.#form.select("repeat", { label: strings.repeat, choices: REPEATS.map((value) => ({ value, label: t.maintenance.repeats[value] })) })}
      </div>
      ${filled.repeat === "own" ? this.#form.field("own", { label: strings.own, mono: true, placeholder: "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH" }) : nothing}
      ${this.#form.field("note", { label: strings.note, optional: true, type: "textarea", rows: 2 })}
      ${this.isRemoving ? html`<p role="alert">${strings.confirm}</p>` : nothing}
      <div class="cluster">
        <ispvm-button type="submit" kind="primary" ?busy=${this.#form.isBusy}>${strings.save}</ispvm-button>
        <ispvm-button kind="quiet" @click=${() => emit(this, "dismiss", null)}>${t.components.cancel}</ispvm-button>
        ${window === null ? nothing : html`<ispvm-button kind="danger" icon="trash-2" @click=${() => void this.#onRemove(deps, window.id)}>${t.maintenance.remove}</ispvm-button>`}
      </div>
    </form>`
  }

  /** Before the answer, and without one: those of the window. */
  #regionChoices(): readonly Named[] {
    if (this.#regions.value !== undefined) return this.#regions.value
    return (this.window?.targets ?? []).flatMap(({ kind, id, name }) =>
      kind === "region" && name !== null ? [{ id, name }] : [],
    )
  }

  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const { deps, window } = this
    if (deps === null) return
    const saved = await this.#form.submit((body) =>
      window === null ? deps.api.addMaintenance(body) : deps.api.changeMaintenance(window.id, body),
    )
    if (saved === null) return
    deps.toast({ tone: "done", text: strings.saved })
    emit(this, "saved", null)
  }

  async #onRemove(deps: Deps, id: string): Promise<void> {
    if (!this.isRemoving) {
      this.isRemoving = true
      return
    }
    await deps.api.removeMaintenance(id)
    deps.toast({ tone: "done", text: strings.removed })
    emit(this, "saved", null)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-maintenance-form": IspvmMaintenanceForm
  }
}
