import type { TestAnswer } from "@ispvm/appliance/api/access-test"
import type { Credential, Device, TypedSecret } from "@ispvm/appliance/api/inventory"
import { html, nothing, type PropertyValues } from "lit"
import { customElement, state } from "lit/decorators.js"
import { paths } from "../app/paths.ts"
import { FormController } from "../components/form-controller.ts"
import { addRouterStyles } from "../features/add-router/add-router-styles.ts"
import {
  accessKey,
  byLiveness,
  credentialBody,
  type Draft,
  deviceBody,
  draftOf,
  draftWarnings,
  expectedSteps,
  type Goal,
  NEW,
  nextDraft,
  routerForm,
  siteBody,
  testRequest,
} from "../features/add-router/draft.ts"
import {
  credentialFields,
  type FieldsDeps,
  methodFields,
  placeFields,
  reachFields,
} from "../features/add-router/fields.ts"
import { requestedSecretsIn, type SecretField } from "../features/credentials/retyped.ts"
import { pageTexts } from "../i18n/strings/page-strings.ts"
import { t } from "../i18n/strings/strings.ts"
import { sendPart } from "../state/form.ts"
import { RequestController } from "../state/request.ts"
import { StoreController } from "../state/store-controller.ts"
import { form } from "../theme/form.ts"
import { panel, shared } from "../theme/shared.ts"
import { Page } from "./page.ts"
import "../components/ispvm-button.ts"
import "../components/ispvm-dialog.ts"
import "../components/ispvm-empty.ts"
import "../components/ispvm-icon.ts"
import "../components/ispvm-skeleton.ts"
import "../features/credentials/ispvm-credentials.ts"
import "../features/add-router/ispvm-access-test.ts"
import "../features/add-router/ispvm-first-values.ts"
import "../features/add-router/ispvm-self-reporting-router.ts"

const strings = t.access
const NO_SECRETS = {
  username: "",
  password: "",
  community: "",
  snmpUser: "",
  authPassword: "",
  privPassword: "",
} as const

/**
 * From an address to the first values; with `?device=` it tests and changes the access of an
 * existing device.
 */
@customElement("ispvm-page-device-new")
export class IspvmPageDeviceNew extends Page {
  readonly #form = new FormController(
    this,
    routerForm(() => this.#savedCredential()?.snmpV3User ?? null),
  )
  readonly #credentials = new RequestController(this, {
    key: () => (this.deps.session.can("credentials:read") ? [] : null),
    load: async () => (await this.deps.api.credentials()).items,
    onReady: (credentials) => this.#chooseCredential(credentials),
  })
  @state() private tested: { readonly key: string; readonly answer: TestAnswer } | null = null
  /** Secrets of the saved credential that the appliance requires for this address. */
  @state() private requestedSecrets: readonly SecretField[] = []
  @state() private managing = false
  @state() private saved: { readonly id: string; readonly name: string } | null = null
  /** The device whose access is in the form, once loaded. */
  #filledFrom = ""

  static override styles = [shared, panel, form, addRouterStyles]

  constructor() {
    super()
    new StoreController(this, () => [this.deps.fleet, this.deps.session])
  }

  protected override opened(): void {
    this.until(
      this.deps.live.on("inventory", ({ what }) => {
        if (what === "credential") void this.#credentials.reload()
      }),
    )
  }

  override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    const device = this.#existing()
    if (device !== undefined && this.#filledFrom !== device.id) {
      this.#filledFrom = device.id
      this.#form.reset({ ...draftOf(device), goal: "test" })
    }
    // The first agent that is online is the one nearly everybody means.
    if (device === undefined && this.#draft.agentId === "" && this.#filledFrom === "") {
      const agents = this.deps.fleet.value.agents
      const first = agents.get(this.query.get("agent") ?? "") ?? byLiveness(agents.values())[0]
      if (first !== undefined) {
        this.#filledFrom = NEW
        this.#form.reset({ ...this.#form.filled, agentId: first.id })
      }
    }
  }

  override render() {
    const fleet = this.deps.fleet.value
    const device = this.#existing()
    if (fleet.phase === "loading") return html`<ispvm-skeleton lines="12"></ispvm-skeleton>`
    if (this.query.has("device") && device === undefined)
      return html`<ispvm-empty icon="unplug" heading=${t.pages.device.goneTitle} text=${t.pages.device.goneText}>
        <ispvm-button href=${paths.devices}>${t.shell.devices}</ispvm-button>
      </ispvm-empty>`
    if (device === undefined && this.query.get("mode") === "self")
      return html`<div class="page">
        ${this.#head(strings.title, "self")}
        <ispvm-self-reporting-router .deps=${this.deps}></ispvm-self-reporting-router>
        <section class="panel side">
          <header><h2>${pageTexts.companion.monitoringMode.stepsTitle}</h2></header>
          <ol class="steps">
            ${pageTexts.companion.monitoringMode.steps.map((step) => html`<li>${step}</li>`)}
          </ol>
        </section>
      </div>`
    return html`<div class="page">
        ${this.#head(device === undefined ? strings.title : strings.titleOf(device.name), device === undefined ? "agent" : null)}
        ${this.#fields(device)}
        <div class="side">${this.saved === null ? this.#testPanel(device) : this.#livePanel(this.saved)}</div>
      </div>
      <ispvm-dialog wide ?open=${this.managing} heading=${strings.credentials.title} @dismiss=${this.#onManaged}>
        ${this.managing ? html`<ispvm-credentials .deps=${this.deps}></ispvm-credentials>` : nothing}
      </ispvm-dialog>`
  }

  /** The two monitoring modes of a new router; an existing one has its own. */
  #head(title: string, mode: "agent" | "self" | null) {
    const modes = pageTexts.companion.monitoringMode
    return html`<div class="headline wide">
      <h1>${title}</h1>
      ${
        mode === null
          ? nothing
          : html`<div class="chips" role="group" aria-label=${modes.label}>
              <ispvm-chip ?active=${mode === "agent"} @click=${() => this.setQuery({ mode: "" })}>${modes.agent}</ispvm-chip>
              <ispvm-chip ?active=${mode === "self"} @click=${() => this.setQuery({ mode: "self" })}>${modes.self}</ispvm-chip>
            </div>`
      }
    </div>`
  }

  #fields(device: Device | undefined) {
    const fleet = this.deps.fleet.value
    const fields: FieldsDeps = {
      form: this.#form,
      canMakeAgents: this.deps.session.can("agents:write"),
      canSaveCredentials: this.deps.session.can("credentials:write"),
      requestedSecrets: this.requestedSecrets,
    }
    return html`<form class="stack-4" novalidate ?inert=${this.saved !== null} @submit=${this.#onSubmit}>
      <section class="panel">
        <header><h2>${strings.reach}</h2></header>
        <div class="fields">${reachFields(fields, [...fleet.agents.values()])}</div>
      </section>
      <section class="panel">
        <header><h2>${strings.how}</h2></header>
        <div class="fields">${methodFields(fields)}${credentialFields(fields, this.#credentials.value ?? [], this.#onManage)}</div>
      </section>
      ${
        device === undefined
          ? html`<section class="panel">
              <header><h2>${strings.place}</h2></header>
              <div class="fields">${placeFields(fields, [...fleet.sites.values()])}</div>
            </section>`
          : nothing
      }
    </form>`
  }

  #testPanel(device: Device | undefined) {
    const { tested } = this
    const isTesting = this.#running === "test"
    const isFresh = tested !== null && tested.key === accessKey(this.#draft)
    return html`<section class="panel">
      <header>
        <h2>${strings.test}</h2>
        <ispvm-button kind=${isFresh ? "plain" : "primary"} icon="play" ?busy=${isTesting} @click=${() => void this.#test()}>
          ${tested === null ? strings.test : strings.testAgain}
        </ispvm-button>
      </header>
      <div class="test">
        ${this.#form.isInvalid ? html`<p class="form-error" role="alert">${strings.fixFirst}</p>` : nothing}
        <ispvm-access-test
          .answer=${tested?.answer ?? null}
          .expected=${expectedSteps(this.#draft)}
          ?running=${isTesting}
          ?stale=${tested !== null && !isFresh}
          .pin=${this.#draft.pin}
          @pin-certificate=${this.#onPin}
        ></ispvm-access-test>
      </div>
      ${this.#savePanel(device, isFresh ? (tested?.answer ?? null) : null)}
    </section>`
  }

  /** `tested`: the answer to a test of what is filled in now. */
  #savePanel(device: Device | undefined, tested: TestAnswer | null) {
    const warnings = draftWarnings(this.#draft, tested)
    const isRisky = warnings.includes("failed") || warnings.includes("pin")
    const isTesting = this.#running === "test"
    const label =
      device !== undefined
        ? strings.saveAccess
        : warnings.includes("untested")
          ? strings.saveUntested
          : isRisky
            ? strings.saveAnyway
            : strings.save
    const { state } = this.#credentials
    const loadError = "error" in state ? state.error.message : ""
    const general = this.#form.isInvalid ? "" : this.#form.general || loadError
    return html`<div class="save touch">
      ${general === "" ? nothing : html`<p class="form-error" role="alert">${general}</p>`}
      ${
        isTesting || warnings.length === 0 || this.#draft.address.trim() === ""
          ? nothing
          : html`<ul aria-label=${strings.without}>${warnings.map((warning) => html`<li><ispvm-icon name="triangle-alert"></ispvm-icon><span>${strings.lacks[warning]}</span></li>`)}</ul>`
      }
      <div class="cluster">
        <ispvm-button class="grow-narrow" kind=${tested?.ok === true ? "primary" : "plain"} icon="check" ?busy=${this.#running === "save"} ?disabled=${isTesting} @click=${() => void this.#save()}>${label}</ispvm-button>
        ${isRisky ? html`<ispvm-button class="grow-narrow" icon="pencil" @click=${this.#onBackToForm}>${strings.backToForm}</ispvm-button>` : nothing}
        <ispvm-button class="grow-narrow" kind="quiet" href=${device === undefined ? paths.devices : paths.device(device.id)}>${t.components.cancel}</ispvm-button>
      </div>
    </div>`
  }

  #livePanel(saved: { readonly id: string; readonly name: string }) {
    return html`<section class="panel pad">
      <ispvm-first-values .deps=${this.deps} device=${saved.id} name=${saved.name} @another=${this.#onAnother}></ispvm-first-values>
    </section>`
  }

  #existing(): Device | undefined {
    return this.deps.fleet.value.devices.get(this.query.get("device") ?? "")
  }
  get #draft(): Draft {
    return this.#form.filled
  }
  get #running(): "" | Goal {
    return this.#form.isBusy ? this.#form.filled.goal : ""
  }
  #savedCredential(): Credential | undefined {
    return this.#credentials.value?.find(({ id }) => id === this.#draft.credentialId)
  }

  async #test(): Promise<void> {
    if (this.#form.isBusy) return
    this.#form.set({ goal: "test" })
    const key = accessKey(this.#draft)
    const request = testRequest(this.#draft, this.#savedCredential()?.snmpV3User ?? null)
    const done = await this.#form.submit(() => this.deps.api.testDevice(request))
    this.#updateRequestedSecrets()
    if (done === null) return
    this.tested = { key, answer: done.value }
    const identity = done.value.facts?.identity ?? ""
    if (this.#draft.name.trim() === "" && identity !== "") this.#form.set({ name: identity })
  }

  #updateRequestedSecrets(): void {
    const requestedSecrets = requestedSecretsIn(this.#form.rejection)
    if (requestedSecrets.length > 0) this.requestedSecrets = requestedSecrets
  }

  async #save(): Promise<void> {
    if (this.#form.isBusy) return
    this.#form.set({ goal: "save" })
    const done = await this.#form.submit(() => this.#send())
    this.#updateRequestedSecrets()
    if (done === null) return
    this.saved = done.value
    this.deps.toast({
      tone: "done",
      text: strings.saved(done.value.name),
      href: paths.device(done.value.id),
    })
    void this.deps.fleet.reload()
    this.requestedSecrets = []
    this.#form.set({ retyped: {} })
  }

  async #send(): Promise<{ readonly id: string; readonly name: string }> {
    await this.#createMissing()
    const { api } = this.deps
    const body = deviceBody(this.#draft)
    const device = this.#existing()
    const secret = this.#retyped()
    if (device === undefined)
      return { id: (await api.addDevice({ ...body, secret })).id, name: body.name }
    const { address, agentId, credentialId, methods } = body
    await api.changeDevice(device.id, { address, agentId, credentialId, methods, secret })
    return { id: device.id, name: device.name }
  }

  #retyped(): TypedSecret | null {
    return this.requestedSecrets.length === 0 ? null : this.#draft.retyped
  }

  /**
   * Each is kept as soon as it is made: if the next step is refused, trying again makes nothing
   * twice.
   */
  async #createMissing(): Promise<void> {
    const { api } = this.deps
    if (this.#draft.credentialId === NEW) {
      const isFresh = this.tested?.key === accessKey(this.#draft)
      const { id } = await sendPart("credential", api.addCredential(credentialBody(this.#draft)))
      await this.#credentials.reload()
      this.#form.set({ credentialId: id, ...NO_SECRETS })
      if (isFresh && this.tested !== null)
        this.tested = { ...this.tested, key: accessKey(this.#draft) }
    }
    if (this.#draft.siteId === NEW) {
      const { id } = await sendPart("site", api.addSite(siteBody(this.#draft)))
      await this.deps.fleet.reload()
      this.#form.set({ siteId: id, siteName: "", latitude: "", longitude: "" })
    }
  }

  /** With at most one credential there is no choice. */
  #chooseCredential(credentials: readonly Credential[]): void {
    if (this.#draft.credentialId !== "" || this.query.has("device")) return
    const [only, second] = credentials
    if (only === undefined) {
      if (this.deps.session.can("credentials:write")) this.#form.set({ credentialId: NEW })
    } else if (second === undefined) this.#form.set({ credentialId: only.id })
  }

  readonly #onSubmit = (event: Event): void => {
    event.preventDefault()
    void this.#test()
  }
  readonly #onPin = (event: CustomEvent<string | null>): void => {
    this.#form.set({ pin: event.detail })
    // Without the right certificate the test ended there: the login and later steps still have to
    // be tested.
    if (event.detail !== null) void this.#test()
  }
  readonly #onBackToForm = (): void => {
    const field = this.renderRoot.querySelector<HTMLElement>("form ispvm-field")
    field?.scrollIntoView({ block: "center" })
    field?.focus()
  }
  readonly #onManage = (): void => {
    this.managing = true
  }
  readonly #onManaged = (): void => {
    this.managing = false
    void this.#credentials.reload()
  }
  readonly #onAnother = (): void => {
    this.#form.reset({ ...nextDraft(this.#draft), goal: "test" })
    this.tested = null
    this.saved = null
    if (this.query.has("device")) this.deps.go(paths.deviceNew)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-page-device-new": IspvmPageDeviceNew
  }
}
