import type {
  ConfigurationSection,
  DeviceDiagnostics,
  DiagnosticAction,
  DiagnosticOutput,
  DiagnosticRunDetail,
} from "@ispvm/appliance/api/diagnostics"
import type { Device, Interface } from "@ispvm/appliance/api/inventory"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, query, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { copyText } from "../../components/copy-text.ts"
import { emit } from "../../components/emit.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { ActionController } from "../../state/action.ts"
import { ChoiceController } from "../../state/choice.ts"
import { RequestController } from "../../state/request.ts"
import { shared } from "../../theme/shared.ts"
import { type Draft, diagnosticOf, EMPTY_DRAFT, isComplete } from "./draft.ts"
import { outcomeText, runName } from "./run-text.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-field.ts"
import "../../components/ispvm-select.ts"
import "../../components/ispvm-skeleton.ts"
import "../../components/ispvm-time.ts"

const strings = pageTexts.diagnostics
const ACTIONS = Object.keys(strings.actions) as DiagnosticAction[]
const SECTIONS = Object.keys(strings.sections) as ConfigurationSection[]
/** A run that the stream lost sight of is read again. */
const REFRESH_MS = 5_000
const RELOAD_MS = 30_000

/** Runs diagnostics on a device, with the output while it runs, and the last runs. */
@customElement("ispvm-diagnostics")
export class IspvmDiagnostics extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) target: Device | null = null
  @property({ attribute: false }) ports: readonly Interface[] = []
  /** The run that is shown. Emits `pick-run` with another one. */
  @property() run = ""
  @state() private draft: Draft = EMPTY_DRAFT
  @state() private copied = false
  readonly #action = new ActionController<"run" | "cancel" | "account">(this)
  readonly #all = new RequestController(this, {
    key: () => (this.#mayRun && this.target !== null ? ([this.target.id] as const) : null),
    load: ([device]) => this.#api.deviceDiagnostics(device),
    everyMs: RELOAD_MS,
    onReady: ({ accounts }) => {
      if (this.draft === EMPTY_DRAFT && accounts.diagnostics) this.#edit({ from: "router" })
    },
  })
  readonly #shown = new RequestController(this, {
    key: () => (this.#mayRun && this.run !== "" ? ([this.run] as const) : null),
    load: ([run]) => this.#api.diagnosticRun(run),
    onReady: (run) => {
      if (run.endedAtMs === null) this.#shown.reloadIn(REFRESH_MS)
    },
  })
  readonly #credentials = new RequestController(this, {
    key: () =>
      this.deps?.session.can("credentials:read") === true ? ([this.deps] as const) : null,
    load: async ([{ api }]) =>
      (await api.credentials()).items.filter(({ kind }) => kind === "diagnostics"),
  })
  readonly #choice = new ChoiceController(this, (_, value) => this.#saveAccount(value))
  #unfollow: (() => void) | null = null
  #followed = ""
  @query("pre") private output: HTMLElement | null | undefined

  static override styles = [
    shared,
    css`
      .form {
        align-items: end;
      }
      .form > * {
        flex: 0 1 calc(var(--space-10) * 5);
      }
      .form > .address {
        flex-basis: calc(var(--space-10) * 7);
      }
      .account {
        max-inline-size: calc(var(--space-10) * 8);
      }
      .form > ispvm-button {
        flex: 0 0 auto;
      }
      pre {
        margin: 0;
        padding: var(--space-3);
        min-block-size: calc(var(--space-10) * 3);
        max-block-size: calc(var(--space-10) * 12);
        overflow: auto;
        background: var(--surface-page);
        border: var(--line);
        border-radius: var(--radius);
        font-family: var(--font-mono);
        font-size: var(--type-mono);
        font-variant-ligatures: none;
        line-height: var(--leading-loose);
        white-space: pre;
        tab-size: 4;
      }
      ol {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      li {
        padding-block: var(--space-2);
        border-block-end: var(--line);
      }
    `,
  ]

  get #api() {
    const { api } = this.deps ?? {}
    if (api === undefined) throw new Error("no connection")
    return api
  }
  get #mayRun(): boolean {
    return this.deps?.session.can("diagnostics:run") === true
  }

  override willUpdate(): void {
    this.#follow()
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unfollow?.()
    this.#unfollow = null
    this.#followed = ""
  }

  override render() {
    if (this.deps === null) return nothing
    if (!this.#mayRun) return html`<p class="muted body">${strings.notPermitted}</p>`
    return html`<div class="pad stack-4">
      ${this.#all.render({
        loading: () => html`<ispvm-skeleton lines="4"></ispvm-skeleton>`,
        failed: (error) =>
          html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#all.reload}></ispvm-failed>`,
        ready: (all) =>
          html`${this.#hints(all)} ${this.#form(all)} ${this.#result()} ${this.#history(all)} ${this.#account()}`,
      })}
    </div>`
  }

  #hints({ agent, agentName, accounts }: DeviceDiagnostics) {
    if (agent !== "ready")
      return html`<p class="text-warn" role="status">${strings.notReady[agent](agentName ?? "")}</p>`
    if (!accounts.monitor_readonly && !accounts.diagnostics)
      return html`<p class="soft">${strings.noAccount}</p>`
    return accounts.diagnostics
      ? nothing
      : html`<p class="soft">${strings.noDiagnosticsAccount}</p>`
  }

  #form({ agent }: DeviceDiagnostics) {
    const isReady = agent === "ready" && isComplete(this.draft)
    const isRunning = this.#shown.value?.endedAtMs === null
    return html`<form class="form cluster" @submit=${this.#onSubmit}>
        ${this.#select(
          "action",
          strings.action,
          ACTIONS.map((value) => ({ value, label: strings.actions[value] })),
        )}
        ${this.#parameters()}
        <ispvm-button kind="primary" icon="play" ?disabled=${!isReady} ?busy=${this.#action.running === "run"} @click=${this.#onRun}>${strings.run}</ispvm-button>
        ${isRunning ? html`<ispvm-button icon="x" ?busy=${this.#action.running === "cancel"} @click=${this.#onCancel}>${strings.cancel}</ispvm-button>` : nothing}
      </form>
      ${this.#action.message === "" ? nothing : html`<div class="form-error" role="alert">${this.#action.message}</div>`}`
  }

  #parameters() {
    const { action, from } = this.draft
    switch (action) {
      case "ping":
      case "traceroute":
        return html`${this.#select("from", strings.from, [
          { value: "router", label: strings.fromRouter },
          { value: "agent", label: strings.fromAgent },
        ])}
        ${this.#field("address", strings.address, "text", from === "agent" ? strings.ownAddressHint : strings.addressHint)}
        ${action === "ping" ? html`${this.#field("count", strings.count, "number")} ${this.#field("bytes", strings.bytes, "number")}` : nothing}`
      case "interface":
        return this.#select("interface", strings.interface, [
          { value: "", label: "–" },
          ...this.ports.map(({ name }) => ({ value: name, label: name })),
        ])
      case "log":
        return this.#field("lines", strings.lines, "number")
      case "configuration":
        return this.#select(
          "section",
          strings.section,
          SECTIONS.map((value) => ({ value, label: strings.sections[value] })),
        )
      case "bgp":
      case "ospf":
      case "neighbours":
        return nothing
    }
  }

  #select(name: keyof Draft, label: string, choices: { value: string; label: string }[]) {
    return html`<ispvm-select label=${label} .value=${this.draft[name]} .choices=${choices} @change-value=${(event: CustomEvent<string>) => this.#edit({ [name]: event.detail })}></ispvm-select>`
  }
  #field(name: keyof Draft, label: string, type: "text" | "number", placeholder = "") {
    return html`<ispvm-field class=${name} mono label=${label} type=${type} placeholder=${placeholder} .value=${this.draft[name]} @change-value=${(event: CustomEvent<string>) => this.#edit({ [name]: event.detail })}></ispvm-field>`
  }
  #edit(change: Partial<Draft>): void {
    this.draft = { ...this.draft, ...change }
  }

  #result() {
    const run = this.#shown.value
    if (run === undefined) return html`<pre class="muted">${strings.nothing}</pre>`
    const text = run.lines.join("\n")
    return html`<section class="stack-2" aria-label=${strings.output}>
      <div class="headline">
        <strong>${runName(run.diagnostic)}</strong>
        <span class=${run.outcome === null || run.outcome === "done" ? "soft" : "text-warn"} role="status">${outcomeText(run)}</span>
        <ispvm-button kind="quiet" icon=${this.copied ? "check" : "copy"} ?disabled=${text === ""} @click=${this.#onCopy}>${this.copied ? strings.copied : strings.copy}</ispvm-button>
      </div>
      <pre tabindex="0" role="log" aria-label=${strings.output}>${text === "" ? (run.endedAtMs === null ? strings.running : strings.noOutput) : text}</pre>
    </section>`
  }

  #history({ runs }: DeviceDiagnostics) {
    return html`<section class="stack-2" aria-labelledby="history">
      <h3 id="history">${strings.history}</h3>
      ${
        runs.length === 0
          ? html`<p class="muted">${strings.noRuns}</p>`
          : html`<ol>
              ${runs.map(
                (run) => html`<li class="headline">
                  <ispvm-button kind="quiet" label=${`${strings.show}: ${runName(run.diagnostic)}`} @click=${() => emit(this, "pick-run", run.id)}>${runName(run.diagnostic)}</ispvm-button>
                  <span class=${run.outcome === "done" || run.outcome === null ? "soft" : "text-warn"}>${run.outcome === null ? strings.running : strings.outcomes[run.outcome]}</span>
                  <span class="caption">${strings.by(run.by, strings.accounts[run.account])} ${strings.onAgent(run.agentName)}</span>
                  <span class="caption"><ispvm-time at=${run.startedAtMs}></ispvm-time></span>
                </li>`,
              )}
            </ol>`
      }
    </section>`
  }

  /** Which account the router is asked with for what the read-only one may not do. */
  #account() {
    const { deps, target } = this
    const credentials = this.#credentials.value ?? []
    if (target === null || deps?.session.can("inventory:write") !== true) return nothing
    const saved = target.diagnosticsCredentialId ?? ""
    if (credentials.length === 0 && saved === "") return nothing
    return html`<ispvm-select
      class="account"
      label=${strings.credential}
      hint=${strings.credentialHint}
      .value=${this.#choice.shown("account", saved)}
      .choices=${[{ value: "", label: strings.none }, ...credentials.map(({ id, name }) => ({ value: id, label: name }))]}
      @change-value=${(event: CustomEvent<string>) => void this.#choice.choose("account", event.detail)}
    ></ispvm-select>`
  }
  async #saveAccount(credential: string): Promise<void> {
    const { deps, target } = this
    if (deps === null || target === null) return
    const diagnosticsCredentialId = credential === "" ? null : credential
    await this.#action.run("account", () =>
      deps.api.changeDevice(target.id, { diagnosticsCredentialId }),
    )
    await Promise.all([deps.fleet.refresh(target.id), this.#all.reload()])
  }

  /** Follows the run that is shown; one that has ended gets no more output. */
  #follow(): void {
    const { deps, run } = this
    if (deps === null || run === this.#followed) return
    this.#unfollow?.()
    this.#unfollow = null
    this.#followed = run
    if (run === "" || !this.#mayRun) return
    const stops = [
      deps.live.withRun(run),
      deps.live.on("diagnosis", (output) => {
        if (output.run === run) this.#receive(output)
      }),
    ]
    this.#unfollow = () => {
      for (const stop of stops) stop()
    }
  }

  #receive(output: DiagnosticOutput): void {
    const was = this.#shown.value
    if (was === undefined || output.first > was.lines.length) {
      // Something before it is missing.
      this.#shown.reloadIn(0)
      return
    }
    const pre = this.output
    const isAtEnd =
      pre == null || pre.scrollTop + pre.clientHeight >= pre.scrollHeight - pre.clientHeight / 4
    this.#shown.update((run): DiagnosticRunDetail => {
      const lines = [...run.lines.slice(0, output.first), ...output.lines]
      const { endedAtMs, outcome, message } = output
      return endedAtMs === null ? { ...run, lines } : { ...run, lines, endedAtMs, outcome, message }
    })
    if (output.endedAtMs !== null) void this.#all.reload()
    if (isAtEnd)
      void this.updateComplete.then(() => {
        if (pre != null) pre.scrollTop = pre.scrollHeight
      })
  }

  readonly #onSubmit = (event: Event): void => {
    event.preventDefault()
    void this.#onRun()
  }
  readonly #onRun = async (): Promise<void> => {
    if (!isComplete(this.draft)) return
    const { target } = this
    if (target === null) return
    const started = await this.#action.run("run", () =>
      this.#api.startDiagnostic(target.id, diagnosticOf(this.draft)),
    )
    if (started === null) return
    emit(this, "pick-run", started.value.id)
    void this.#all.reload()
  }
  readonly #onCancel = async (): Promise<void> => {
    const { run } = this
    await this.#action.run("cancel", () => this.#api.cancelDiagnostic(run))
  }
  readonly #onCopy = async (): Promise<void> => {
    await copyText(this.#shown.value?.lines.join("\n") ?? "")
    this.copied = true
    setTimeout(() => {
      this.copied = false
    }, 1_600)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-diagnostics": IspvmDiagnostics
  }
}
