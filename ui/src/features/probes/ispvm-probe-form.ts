import type { Probe } from "@ispvm/appliance/api/probes"
import { html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { BodyOf } from "../../api/call.ts"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { FormController } from "../../components/form-controller.ts"
import { byName } from "../../i18n/format/names.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { form } from "../../theme/form.ts"
import { stackHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import {
  blankProbe,
  DNS_TYPES,
  formOfProbe,
  KINDS,
  type ProbeForm,
  probeBody,
  SEGMENTS,
} from "./probe-form.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-combobox.ts"
import "../../components/ispvm-multi-select.ts"

const strings = t.probes.form
type TemplateBody = BodyOf<"POST /probes/from-template">
type TemplateForm = {
  readonly template: string
  readonly deviceId: string
  readonly host: string
  readonly agents: readonly string[]
}
const TEMPLATES = ["customer-gateway", "upstream", "resolver"] as const satisfies readonly [
  TemplateBody["template"],
  ...TemplateBody["template"][],
]

/** Adds a probe, or those of a template, or changes one. Emits `saved` and `dismiss`. */
@customElement("ispvm-probe-form")
export class IspvmProbeForm extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  /** Null: a new one. */
  @property({ attribute: false }) probe: Probe | null = null
  /** The device that a new probe belongs to at first. */
  @property() device = ""
  @state() private isRemoving = false
  #shown: string | null = null
  readonly #form = new FormController<ProbeForm, BodyOf<"POST /probes">>(this, {
    initial: blankProbe(""),
    body: (filled) => probeBody(filled, this.probe),
    schema: (schemas) => schemas.ProbeInput,
    paths: {
      host: "check.host",
      port: "check.port",
      url: "check.url",
      status: "check.status",
      pageText: "check.contains",
      server: "check.server",
      dnsName: "check.name",
      expects: "check.expects",
    },
  })
  readonly #template = new FormController<TemplateForm, TemplateBody>(this, {
    initial: { template: "", deviceId: "", host: "", agents: [] },
    body: ({ template, deviceId, host, agents }) => ({
      template: TEMPLATES.find((one) => one === template) ?? "resolver",
      deviceId,
      host: host.trim(),
      agents: [...agents],
    }),
    schema: (schemas) => schemas.ProbesFromTemplate,
  })
  readonly #removal = new ActionController(this)

  static override styles = [shared, stackHost, form]

  override willUpdate(): void {
    const id = this.probe?.id ?? "new"
    if (this.#shown === id) return
    this.#shown = id
    this.isRemoving = false
    this.#form.reset(this.probe === null ? blankProbe(this.device) : formOfProbe(this.probe))
    this.#template.reset({ template: "", deviceId: this.device, host: "", agents: [] })
  }

  override render() {
    const { deps, probe } = this
    if (deps === null) return nothing
    const isTemplate = probe === null && this.#template.filled.template !== ""
    const { isBusy } = isTemplate ? this.#template : this.#form
    return html`<form class="stack-4" novalidate @submit=${this.#onSubmit}>
      ${probe === null ? this.#templates() : nothing}
      ${isTemplate ? this.#ofTemplate(deps) : this.#own(deps)}
      ${this.isRemoving ? html`<p role="alert">${strings.confirm}</p>` : nothing}
      ${this.#removal.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#removal.message}</div>`}
      <div class="cluster">
        <ispvm-button type="submit" kind="primary" ?busy=${isBusy}>${strings.save}</ispvm-button>
        <ispvm-button kind="quiet" @click=${() => emit(this, "dismiss", null)}>${t.components.cancel}</ispvm-button>
        ${probe === null ? nothing : html`<ispvm-button kind="danger" icon="trash-2" ?busy=${this.#removal.isBusy} @click=${() => void this.#onRemove(deps, probe.id)}>${strings.remove}</ispvm-button>`}
      </div>
    </form>`
  }

  #templates() {
    return this.#template.select("template", {
      label: strings.template,
      choices: [
        { value: "", label: strings.noTemplate },
        ...TEMPLATES.map((value) => ({ value, label: t.probes.templates[value] })),
      ],
    })
  }

  #ofTemplate(deps: Deps) {
    const { filled } = this.#template
    return html`${this.#template.errors()}
      <div class="halves">
        ${this.#device(deps, filled.deviceId, this.#template.error("deviceId"), (deviceId) => this.#template.set({ deviceId }))}
        ${this.#template.field("host", { label: strings.templateHost, mono: true })}
      </div>
      ${this.#agents(deps, filled.agents, (agents) => this.#template.set({ agents }))}`
  }

  #own(deps: Deps) {
    const { filled } = this.#form
    return html`${this.#form.errors()}
      <div class="halves">
        ${this.probe === null ? this.#form.field("name", { label: strings.name, hint: strings.nameHint }) : nothing}
        ${this.#device(deps, filled.deviceId, this.#form.error("deviceId"), (deviceId) => this.#form.set({ deviceId }))}
      </div>
      <div class="halves">
        ${this.#form.select("kind", { label: strings.kind, choices: KINDS.map((value) => ({ value, label: strings.kinds[value] })) })}
        ${this.#form.select("segment", { label: strings.segment, hint: strings.segmentHint, choices: SEGMENTS.map((value) => ({ value, label: t.probes.segments[value] })) })}
      </div>
      ${this.#target(filled)}
      <div class="halves">
        ${this.#form.field("everyS", { label: strings.every, type: "number" })}
        ${this.#form.field("timeoutMs", { label: strings.timeout, type: "number" })}
      </div>
      ${this.#agents(deps, filled.agents, (agents) => this.#form.set({ agents }))}
      <label class="with-icon"><input type="checkbox" .checked=${filled.isEnabled} @change=${() => this.#form.set({ isEnabled: !filled.isEnabled })} />${strings.enabled}</label>`
  }

  #target({ kind, isVerified }: ProbeForm) {
    const form = this.#form
    switch (kind) {
      case "http":
        return html`${form.field("url", { label: strings.url, mono: true, placeholder: "https://www.example.net/" })}
          <div class="halves">
            ${form.field("status", { label: strings.status, hint: strings.statusHint })}
            ${form.field("pageText", { label: strings.contains, optional: true })}
          </div>
          <label class="with-icon"><input type="checkbox" .checked=${isVerified} @change=${() => form.set({ isVerified: !isVerified })} />${strings.verified}</label>`
      case "dns":
        return html`<div class="halves">
            ${form.field("server", { label: strings.server, mono: true, placeholder: "192.0.2.53" })}
            ${form.field("dnsName", { label: strings.dnsName, mono: true, placeholder: "www.example.net" })}
          </div>
          <div class="halves">
            ${form.select("dnsType", { label: strings.dnsType, choices: DNS_TYPES.map((value) => ({ value, label: value })) })}
            ${form.field("expects", { label: strings.expects, optional: true, mono: true })}
          </div>`
      case "tcp":
        return html`<div class="halves">
          ${form.field("host", { label: strings.host, mono: true })}
          ${form.field("port", { label: strings.port, type: "number" })}
        </div>`
      default:
        return form.field("host", { label: strings.host, mono: true })
    }
  }

  #device(deps: Deps, value: string, error: string, set: (id: string) => void) {
    const choices = [...deps.fleet.value.devices.values()]
      .toSorted(byName)
      .map(({ id, name }) => ({ value: id, label: name }))
    return html`<ispvm-combobox label=${strings.device} hint=${strings.deviceHint} .value=${value} .choices=${choices} error=${error} @change-value=${(event: CustomEvent<string>) => set(event.detail)}></ispvm-combobox>`
  }

  #agents(deps: Deps, values: readonly string[], set: (ids: readonly string[]) => void) {
    const choices = [...deps.fleet.value.agents.values()]
      .toSorted(byName)
      .map(({ id, name }) => ({ value: id, label: name }))
    return html`<div class="stack-1">
      <ispvm-multi-select label=${strings.agents} .values=${values} .choices=${choices} @change-values=${(event: CustomEvent<readonly string[]>) => set(event.detail)}></ispvm-multi-select>
      <p class="caption">${strings.agentsHint}</p>
    </div>`
  }

  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const { deps, probe } = this
    if (deps === null) return
    if (probe === null && this.#template.filled.template !== "") {
      const made = await this.#template.submit((body) => deps.api.addProbesFromTemplate(body))
      if (made === null) return
      deps.toast({ tone: "done", text: strings.made(made.value.ids.length) })
      emit(this, "saved", null)
      return
    }
    const saved = await this.#form.submit(({ name, ...patch }) =>
      probe === null
        ? deps.api.addProbe({ name, ...patch })
        : deps.api.changeProbe(probe.id, patch),
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
    const done = await this.#removal.run("remove", async () => {
      await deps.api.removeProbe(id)
      return true
    })
    if (done === null) return
    deps.toast({ tone: "done", text: strings.removed })
    emit(this, "saved", null)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-probe-form": IspvmProbeForm
  }
}
