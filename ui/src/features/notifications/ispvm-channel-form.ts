import type {
  Channel,
  ChannelKind,
  Schedules,
  SecretName,
} from "@ispvm/appliance/api/notifications"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { emit } from "../../components/emit.ts"
import { FormController } from "../../components/form-controller.ts"
import { t } from "../../i18n/strings/strings.ts"
import { form } from "../../theme/form.ts"
import { shared } from "../../theme/shared.ts"
import {
  BASE_URLS,
  BLANK,
  bodyOf,
  type ChannelBody,
  type ChannelForm,
  type Draft,
  draftOf,
  filledWith,
  missingSecrets,
  PATHS,
  SECRETS,
  TEMPLATE_FIELDS,
} from "./channel-form.ts"
import { KINDS, kindIcon } from "./channel-state.ts"
import { checkLine } from "./check-line.ts"
import { notificationsStyles } from "./notifications-styles.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-icon.ts"
import "./ispvm-channel-preview.ts"

const { form: strings, kinds, secrets } = t.notifications
const choicesOf = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).map(([value, label]) => ({ value, label }))

/** A new channel, or the change of one. Emits `saved` with its name, and `dismiss`. */
@customElement("ispvm-channel-form")
export class IspvmChannelForm extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  /** Null: a new one. */
  @property({ attribute: false }) channel: Channel | null = null
  @property({ attribute: false }) channels: readonly Channel[] = []
  @property({ attribute: false }) people: Schedules["people"] = []
  /** The name of the first policy; empty: there is none. */
  @property({ attribute: "first-policy" }) firstPolicy = ""
  @state() private draft: Draft | null = null
  readonly #form = new FormController<ChannelForm, ChannelBody>(this, {
    initial: BLANK,
    body: bodyOf,
    schema: (schemas) => schemas.ChannelInput,
    paths: PATHS,
    rules: (filled) => missingSecrets(filled, this.channel?.secretsSet ?? []),
  })

  static override styles = [
    shared,
    form,
    notificationsStyles,
    css`
      .kinds {
        display: grid;
        grid-template-columns: repeat(4, minmax(0, 1fr));
        gap: var(--space-2);
      }
      .kind {
        position: relative;
        display: flex;
        align-items: center;
        gap: var(--space-2);
        min-block-size: var(--space-10);
        padding: 0 var(--space-3);
        border: var(--line-control);
        border-radius: var(--radius);
        cursor: pointer;
      }
      .kind:has(:checked) {
        border-color: var(--focus);
        background: var(--surface-3);
        color: var(--text-strong);
      }
      .kind:has(:focus-visible) {
        outline: var(--focus-ring);
        outline-offset: var(--line-width);
      }
      @media (max-width: 640px) {
        .kinds {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
      }
    `,
  ]

  override connectedCallback(): void {
    super.connectedCallback()
    this.#form.reset(this.channel === null ? BLANK : filledWith(this.channel))
  }

  /** The form that somebody opens takes the focus. */
  override firstUpdated(): void {
    const first = this.renderRoot.querySelector<HTMLElement>(":checked, ispvm-field")
    const drawn = first instanceof LitElement ? first.updateComplete : Promise.resolve(true)
    void drawn.then(() => first?.focus())
  }

  override render() {
    const { channel } = this
    const form = this.#form
    return html`<form novalidate @submit=${this.#onSubmit}>
      <h3>${channel === null ? strings.addHeading : strings.editHeading(channel.name)}</h3>
      ${form.errors()}
      ${channel === null ? this.#kinds() : nothing}
      <div class="fields">
        ${form.field("name", { label: strings.name, hint: strings.nameHint })}
        ${form.select("language", { label: strings.language, choices: choicesOf(strings.languages) })}
      </div>
      <div class="fields">
        ${this.#settings()}
        ${form.select("ownerId", {
          label: strings.owner,
          hint: strings.ownerHint,
          choices: [
            { value: "", label: strings.noOwner },
            ...this.people.map(({ id, name }) => ({ value: id, label: name })),
          ],
        })}
        ${form.select("fallbackId", {
          label: strings.fallback,
          hint: strings.fallbackHint,
          choices: [
            { value: "", label: strings.noFallback },
            ...this.channels
              .filter(({ id }) => id !== channel?.id)
              .map(({ id, name }) => ({ value: id, label: name })),
          ],
        })}
      </div>
      ${this.#template()}
      ${
        channel === null
          ? checkLine(
              strings.isInFirstPolicy,
              form.filled.isInFirstPolicy,
              (isInFirstPolicy) => form.set({ isInFirstPolicy }),
              strings.isInFirstPolicyHint(this.firstPolicy),
            )
          : nothing
      }
      <div class="cluster">
        <ispvm-button type="submit" kind="primary" ?busy=${form.isBusy}>${channel === null ? strings.add : strings.save}</ispvm-button>
        <ispvm-button kind="quiet" @click=${() => emit(this, "dismiss", null)}>${t.components.cancel}</ispvm-button>
      </div>
    </form>`
  }

  #kinds() {
    const pick = (kind: ChannelKind) => this.#form.set({ kind })
    return html`<fieldset>
      <legend>${strings.kind}</legend>
      <div class="kinds">${KINDS.map(
        (kind) => html`<label class="kind hover-fill">
          <input class="hidden-visually" type="radio" name="kind" value=${kind} .checked=${this.#form.filled.kind === kind} @change=${() => pick(kind)} />
          <ispvm-icon name=${kindIcon(kind)}></ispvm-icon><span>${kinds[kind]}</span>
        </label>`,
      )}</div>
    </fieldset>`
  }

  #settings() {
    const form = this.#form
    switch (form.filled.kind) {
      case "email":
        return this.#email()
      case "telegram":
        return html`${this.#secret("token", strings.tokenHint)}
          ${form.field("chatId", { label: strings.chatId, hint: strings.chatIdHint, mono: true })}
          ${this.#baseUrl()}`
      case "slack":
        return html`<p class="soft wide">${strings.slackWay}</p>
          ${this.#secret("webhookUrl")} ${this.#secret("token")}
          ${form.field("channel", { label: strings.slackChannel, hint: strings.slackChannelHint, optional: true })}
          ${this.#baseUrl()}`
      case "teams":
        return this.#secret("webhookUrl", strings.teamsHint, "wide")
      case "webhook":
        return html`${this.#secret("url", strings.webhookHint)}
          ${this.#secret("signingSecret", strings.signingHint)}`
      case "pagerduty":
        return html`${this.#secret("routingKey", strings.routingHint)} ${this.#baseUrl()}`
      case "opsgenie":
        return html`${this.#secret("apiKey", strings.apiKeyHint)} ${this.#baseUrl()}`
      case "sms":
        return this.#sms()
      case "push":
        return html`<p class="soft wide">${strings.pushWay}</p>`
    }
  }

  #email() {
    const form = this.#form
    return html`${form.field("host", { label: strings.host, placeholder: "smtp.example.net" })}
      ${form.field("port", { label: strings.port, type: "number" })}
      ${form.select("security", { label: strings.security, choices: choicesOf(strings.securities) })}
      ${form.field("from", { label: strings.from, type: "email", placeholder: "noc@example.net" })}
      ${form.field("username", { label: strings.username, optional: true })}
      ${this.#secret("password")}
      ${form.field("to", { label: strings.to, hint: strings.toHint, type: "textarea", rows: 3, class: "wide" })}`
  }

  #sms() {
    const form = this.#form
    return html`${this.#secret("url", strings.smsHint, "wide")}
      ${form.field("phones", { label: strings.phones, hint: strings.phonesHint, type: "textarea", rows: 3 })}
      ${form.select("contentType", { label: strings.contentType, choices: choicesOf(strings.contentTypes) })}
      ${form.field("body", { label: secrets.body, hint: this.channel?.secretsSet.includes("body") === true ? strings.keepsSecret : strings.bodyHint, type: "textarea", rows: 3, mono: true, class: "wide" })}
      ${form.field("header", { label: strings.header, hint: strings.headerHint, optional: true })}
      ${this.#secret("headerValue")}`
  }

  #template() {
    const form = this.#form
    const fields = TEMPLATE_FIELDS.map((name) => `{${name}}`).join(" ")
    return html`<details ?open=${form.filled.templateTitle !== "" || form.filled.templateBody !== ""}>
      <summary>${strings.template}</summary>
      <p class="soft">${strings.templateHint(fields)}</p>
      <div class="fields">
        ${form.field("templateTitle", { label: strings.templateTitle, optional: true, class: "wide" })}
        ${form.field("templateBody", { label: strings.templateBody, optional: true, type: "textarea", rows: 4, class: "wide" })}
      </div>
      <ispvm-button icon="eye" @click=${this.#onPreview}>${t.notifications.preview.draft}</ispvm-button>
    </details>
    ${this.draft === null ? nothing : html`<ispvm-channel-preview .deps=${this.deps} .draft=${this.draft} @dismiss=${this.#onPreviewed}></ispvm-channel-preview>`}`
  }
  /** Of what is in the form now. */
  readonly #onPreview = (): void => {
    this.draft = draftOf(this.#form.filled)
  }
  readonly #onPreviewed = (event: Event): void => {
    // The form has an event of the same name.
    event.stopPropagation()
    this.draft = null
  }

  #baseUrl() {
    const usual = BASE_URLS[this.#form.filled.kind] ?? ""
    return this.#form.field("baseUrl", {
      ...{ label: strings.baseUrl, hint: strings.baseUrlHint(usual), placeholder: usual },
      ...{ optional: true, mono: true },
    })
  }

  /** What is stored is never shown: an empty field keeps it. */
  #secret(name: SecretName, hint = "", place = "") {
    const isSet = this.channel?.secretsSet.includes(name) ?? false
    return this.#form.field(name, {
      ...{ label: secrets[name], type: "password", autocomplete: "new-password" },
      ...{ hint: isSet ? strings.keepsSecret : hint, class: place },
      optional: SECRETS[this.#form.filled.kind][name] === "optional",
    })
  }

  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const { deps, channel } = this
    if (deps === null) return
    const { name } = this.#form.filled
    const done = await this.#form.submit<unknown>((body) =>
      channel === null ? deps.api.addChannel(body) : deps.api.changeChannel(channel.id, body),
    )
    if (done === null) return
    deps.toast({
      tone: "done",
      text: channel === null ? strings.added(name) : strings.saved(name),
    })
    emit(this, "saved", name)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-channel-form": IspvmChannelForm
  }
}
