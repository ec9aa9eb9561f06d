import type { Interface } from "@ispvm/appliance/api/inventory"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property, state } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import { paths } from "../../app/paths.ts"
import { agedOf } from "../../components/aged.ts"
import { emit } from "../../components/emit.ts"
import { duration } from "../../i18n/format/time.ts"
import { perCent, roundTrip } from "../../i18n/format/units.ts"
import { t } from "../../i18n/strings/strings.ts"
import { RequestController } from "../../state/request.ts"
import { StoreController } from "../../state/store-controller.ts"
import { stackHost } from "../../theme/hosts.ts"
import { shared } from "../../theme/shared.ts"
import { patchPorts } from "../device/device-series.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-icon.ts"
import "../../components/ispvm-status.ts"

const strings = t.access.first
const POLL_MS = 1_500
/** Longer than every collection interval: a value still missing now needs attention. */
const SLOW_MS = 45_000

/** Shows the first values of a router that was just saved. Emits `another`. */
@customElement("ispvm-first-values")
export class IspvmFirstValues extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property() device = ""
  @property() name = ""
  /** The stream has rates and round trips; identity, methods and interfaces are requested. */
  readonly #interfaces = new RequestController(this, {
    key: () => (this.deps === null ? null : ([this.deps, this.device] as const)),
    load: async ([{ api, fleet }, device]): Promise<readonly Interface[]> => {
      const [ports] = await Promise.all([api.interfaces(device), fleet.refresh(device)])
      return ports.items
    },
    everyMs: POLL_MS,
  })
  @state() private waitedMs = 0
  @state() private firstMs: number | null = null
  readonly #sinceMs = performance.now()
  #timer: ReturnType<typeof setInterval> | undefined
  #leave: () => void = () => undefined

  static override styles = [
    shared,
    stackHost,
    css`
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(var(--size-38), 1fr));
        gap: var(--space-3);
      }
      dl > div {
        padding: var(--space-3);
        border: var(--line);
        border-radius: var(--radius);
        min-inline-size: 0;
      }
      dl > .here {
        border-color: color-mix(in srgb, var(--status-recovering) 55%, transparent);
        background: var(--ok-tint);
      }
      dd {
        font-size: var(--type-large);
        font-weight: var(--weight-strong);
        color: var(--text-strong);
        min-block-size: 1.5em;
        overflow-wrap: anywhere;
      }
      .waiting dd {
        color: var(--text-3);
        font-weight: var(--weight-normal);
        font-size: var(--type-base);
      }
    `,
  ]

  constructor() {
    super()
    new StoreController(this, () => (this.deps === null ? [] : [this.deps.fleet]))
  }
  override connectedCallback(): void {
    super.connectedCallback()
    this.#timer = setInterval(() => {
      this.waitedMs = performance.now() - this.#sinceMs
    }, POLL_MS)
    const leave = this.deps?.live.withPorts(this.device)
    const stop = this.deps?.live.on("readings", (readings) => {
      this.#interfaces.update((ports) => patchPorts(ports, readings))
    })
    this.#leave = () => {
      leave?.()
      stop?.()
    }
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#leave()
    clearInterval(this.#timer)
  }

  override willUpdate(): void {
    const device = this.#device()
    const isLive = device !== undefined && (device.rttMs !== null || device.cpuPct !== null)
    if (this.firstMs === null && isLive) this.firstMs = performance.now() - this.#sinceMs
  }

  override render() {
    const device = this.#device()
    const ports = this.#interfaces.value ?? []
    const running = ports.filter((port) => port.running === true).length
    const problems = (device?.sources ?? []).flatMap((each) =>
      each.problem === null ? [] : [`${t.terms.source(each.source)}: ${each.problem}`],
    )
    return html`<h2 class="large">${strings.heading(device?.name ?? this.name)}</h2>
      <p class="soft" role="status">${this.#statusText(device?.agentId ?? null, device !== undefined)}</p>
      <dl>
        ${cell(strings.status, device === undefined || device.status.status === "unknown" ? null : html`<ispvm-status status=${device.status.status}></ispvm-status>`)}
        ${cell(strings.rtt, device?.rttMs == null ? null : agedOf(device, "probe", roundTrip(device.rttMs)))}
        ${cell(strings.cpu, device?.cpuPct == null ? null : agedOf(device, "health", perCent(device.cpuPct)))}
        ${cell(strings.identity, device?.identity ?? null)}
        ${cell(strings.ports, ports.length === 0 ? null : strings.portsUp(running, ports.length))}
      </dl>
      ${problems.map((each) => html`<p class="text-warn wrap">${each}</p>`)}
      <div class="cluster">
        <ispvm-button kind="primary" icon="arrow-right" href=${paths.device(this.device)}>${strings.open} ${device?.name ?? this.name}</ispvm-button>
        <ispvm-button icon="plus" @click=${() => emit(this, "another", null)}>${strings.another}</ispvm-button>
        ${problems.length > 0 ? html`<ispvm-button icon="rotate-cw" href=${paths.deviceAccess(this.device)}>${strings.again}</ispvm-button>` : nothing}
      </div>`
  }

  #statusText(agentId: string | null, isKnown: boolean): string {
    if (this.firstMs !== null)
      return this.firstMs < 1_000 ? strings.atOnce : strings.arrived(duration(this.firstMs))
    if (isKnown && agentId === null) return strings.noAgent
    return this.waitedMs > SLOW_MS ? strings.slow : strings.waiting
  }

  #device() {
    return this.deps?.fleet.value.devices.get(this.device)
  }
}

const cell = (label: string, value: unknown) =>
  html`<div class=${value === null ? "waiting" : "here"}><dt class="small ${value === null ? "" : "soft"}">${label}</dt><dd class=${value === null ? "breathe" : ""}>${value ?? t.access.waiting}</dd></div>`

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-first-values": IspvmFirstValues
  }
}
