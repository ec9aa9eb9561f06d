import type { Status } from "@ispvm/appliance/api/shared"
import { css, html, LitElement } from "lit"
import { customElement, state } from "lit/decorators.js"
import { currentTheme, setTheme } from "../src/app/theme.ts"
import type { IspvmToasts } from "../src/components/ispvm-toasts.ts"
import { STATUS_ORDER } from "../src/components/status-shape.ts"
import { panel, shared } from "../src/theme/shared.ts"
import {
  sampleEvidence,
  sampleFleet,
  sampleHistory,
  sampleHypotheses,
  sampleIncident,
  sampleNames,
  sampleRechecks,
} from "./cause-samples.ts"
import {
  chartData,
  incidentItems,
  many,
  paletteItems,
  sampleColumns,
  statusReasons,
} from "./samples.ts"
import "./ispvm-gallery-companion.ts"
import "./ispvm-gallery-links.ts"
import "../src/components/ispvm-age.ts"
import "../src/components/ispvm-button.ts"
import "../src/components/ispvm-chart.ts"
import "../src/components/ispvm-chip.ts"
import "../src/components/ispvm-confidence.ts"
import "../src/components/ispvm-copy.ts"
import "../src/components/ispvm-dialog.ts"
import "../src/components/ispvm-empty.ts"
import "../src/components/ispvm-failed.ts"
import "../src/components/ispvm-field.ts"
import "../src/components/ispvm-palette.ts"
import "../src/components/ispvm-select.ts"
import "../src/components/ispvm-skeleton.ts"
import "../src/components/ispvm-spark.ts"
import "../src/components/ispvm-status.ts"
import "../src/components/ispvm-table.ts"
import "../src/components/ispvm-tabs.ts"
import "../src/components/ispvm-time.ts"
import "../src/components/ispvm-timeline.ts"
import "../src/components/ispvm-toasts.ts"
import "../src/features/incident/ispvm-blast.ts"
import "../src/features/incident/ispvm-diagnosis-history.ts"
import "../src/features/incident/ispvm-evidence.ts"
import "../src/features/incident/ispvm-explanations.ts"
import "../src/features/incident/ispvm-rechecks.ts"
import "../src/features/incident/ispvm-diagnosis.ts"
import { bitRate, roundTrip } from "../src/i18n/format/units.ts"

/** The gallery: every component in every state, also for screenshots. */
@customElement("ispvm-gallery")
export class IspvmGallery extends LitElement {
  @state() private tab = "interfaces"
  @state() private dialog = false
  @state() private palette = false
  @state() private status: Status = "ok"

  static override styles = [
    shared,
    panel,
    css`
      :host {
        padding: var(--space-6);
        display: grid;
        gap: var(--space-6);
        max-inline-size: var(--size-310);
        margin-inline: auto;
      }
      .bar {
        display: flex;
        align-items: center;
        justify-content: space-between;
      }
      .grid {
        display: grid;
        gap: var(--space-4);
        grid-template-columns: repeat(auto-fit, minmax(min(var(--size-90), 100%), 1fr));
        align-items: start;
      }
      .line {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-3) var(--space-4);
        align-items: center;
      }
      .table {
        block-size: var(--size-80);
      }
    `,
  ]

  override render() {
    return html`<main class="stack-4">
        <div class="bar">
          <h1>Parts</h1>
          <ispvm-button icon=${currentTheme() === "dark" ? "sun" : "moon"} @click=${this.#onTheme}>${currentTheme() === "dark" ? "Light" : "Dark"}</ispvm-button>
        </div>
        <div class="grid">${this.#status()}${this.#buttons()}${this.#fields()}${this.#values()}${this.#states()}</div>
        ${this.#chart()}${this.#table()}
        <div class="grid">${this.#timeline()}${this.#overlays()}</div>
        <div class="grid">${this.#cause()}</div>
        <ispvm-gallery-links></ispvm-gallery-links>
        <ispvm-gallery-companion></ispvm-gallery-companion>
      </main>
      <ispvm-toasts></ispvm-toasts>`
  }

  #panel(heading: string, body: unknown) {
    return html`<section class="panel"><header><h2>${heading}</h2></header><div class="pad stack-4">${body}</div></section>`
  }

  #status() {
    return this.#panel(
      "Status",
      html`<div class="line">${STATUS_ORDER.map((status) => html`<ispvm-status status=${status} title=${statusReasons[status]}></ispvm-status>`)}</div>
        <div class="line">${STATUS_ORDER.map((status) => html`<ispvm-status compact status=${status}></ispvm-status>`)}</div>
        <div class="line">
          <ispvm-status status=${this.status}></ispvm-status>
          <ispvm-button @click=${this.#onStatus}>Next status</ispvm-button>
        </div>`,
    )
  }

  #buttons() {
    return this.#panel(
      "Buttons and chips",
      html`<div class="line">
          <ispvm-button kind="primary" icon="plus">Add router</ispvm-button><ispvm-button icon="upload">Import</ispvm-button><ispvm-button kind="quiet">Cancel</ispvm-button
          ><ispvm-button kind="danger" icon="trash-2">Remove</ispvm-button><ispvm-button icon="copy" label="Copy"></ispvm-button>
        </div>
        <div class="line"><ispvm-button kind="primary" busy>Testing</ispvm-button><ispvm-button disabled>Disabled</ispvm-button><ispvm-button pressed>Pressed</ispvm-button></div>
        <div class="line">
          <ispvm-chip active count="3"><ispvm-status status="down"></ispvm-status></ispvm-chip><ispvm-chip count="37"><ispvm-status status="ok"></ispvm-status></ispvm-chip>
        </div>
        <ispvm-tabs
          label="Views"
          active=${this.tab}
          .tabs=${[
            { key: "interfaces", label: "Interfaces", count: 24 },
            { key: "events", label: "Events" },
            { key: "sensors", label: "Sensors" },
          ]}
          @pick-tab=${(event: CustomEvent<string>) => {
            this.tab = event.detail
          }}
        ></ispvm-tabs>`,
    )
  }

  #fields() {
    const choices = [
      { value: "core", label: "Core" },
      { value: "edge", label: "Edge" },
    ]
    return this.#panel(
      "Fields",
      html`<ispvm-field label="Address" hint="An IP address or a host name." placeholder="192.0.2.1" mono></ispvm-field>
        <ispvm-field label="Name" value="core-1" error="A device of this name exists already."></ispvm-field>
        <ispvm-field label="Password" type="password" value="correct horse"></ispvm-field>
        <ispvm-select label="Role" .choices=${choices} value="edge"></ispvm-select>
        <ispvm-field label="Note" type="textarea" rows="2" optional></ispvm-field>`,
    )
  }

  #values() {
    const now = Date.now()
    return this.#panel(
      "Values",
      html`<div class="line"><ispvm-time at=${now - 2_000}></ispvm-time><ispvm-time at=${now - 240_000}></ispvm-time><ispvm-time since at=${now - 4_320_000}></ispvm-time></div>
        <div class="line">
          <ispvm-age at=${now - 4_000} interval="10000">7 %</ispvm-age><ispvm-age at=${now - 42_000} interval="10000">7 %</ispvm-age>
          <ispvm-spark .values=${[3, 4, 3, 5, 8, null, null, 4, 5, 6, 4]}></ispvm-spark><ispvm-spark filled .values=${[3, 4, 3, 5, 8, 7, 6, 4, 5, 6, 4]}></ispvm-spark>
        </div>
        <ispvm-copy text="npm run agent -- --url https://noc.example.net:8444 --token -"></ispvm-copy>
        <div><ispvm-copy inline text="192.0.2.17"></ispvm-copy></div>`,
    )
  }

  #states() {
    return html`${this.#panel("Loading", html`<ispvm-skeleton lines="4"></ispvm-skeleton><ispvm-skeleton shape="figure"></ispvm-skeleton>`)}
      ${this.#panel(
        "Empty",
        html`<ispvm-empty icon="router" heading="No devices yet" text="Every router that is watched stands here."
          ><ispvm-button kind="primary" icon="plus">Add router</ispvm-button></ispvm-empty
        >`,
      )}
      ${this.#panel("Failed", html`<ispvm-failed heading="The devices could not be loaded" why="The appliance did not answer within 20 s."></ispvm-failed>`)}`
  }

  #chart() {
    return html`<section class="panel">
      <ispvm-chart heading="Round trip" .data=${chartData.ping} .format=${roundTrip} .marks=${chartData.marks}></ispvm-chart>
      <ispvm-chart heading="Traffic" .data=${chartData.traffic} .format=${bitRate}></ispvm-chart>
      <ispvm-chart heading="Nothing measured" height="90" .data=${{ atMs: [], series: [] }}></ispvm-chart>
    </section>`
  }

  #table() {
    return html`<section class="panel">
      <header><h2>10,000 rows</h2></header>
      <div class="table"><ispvm-table label="Sample" .columns=${sampleColumns} .rows=${many} sort="name" active="row-3"></ispvm-table></div>
    </section>`
  }

  /** Components of the incident page, with certain and uncertain causes. */
  #cause() {
    const confidences = [0.998, 0.87, 0.71, 0.46, 0.2]
    return html`${this.#panel("Confidence", html`${confidences.map((value) => html`<ispvm-confidence .value=${value}></ispvm-confidence>`)}<div class="line">${confidences.map((value) => html`<ispvm-confidence compact .value=${value}></ispvm-confidence>`)}</div>`)}
      ${this.#panel("Diagnosis", html`<ispvm-diagnosis .incident=${sampleIncident}></ispvm-diagnosis>`)}
      ${this.#panel("Blast radius", html`<ispvm-blast .fleet=${sampleFleet} .incident=${sampleIncident}></ispvm-blast>`)}
      ${this.#panel("Possible causes", html`<ispvm-explanations .hypotheses=${sampleHypotheses} .fleet=${sampleFleet}></ispvm-explanations>`)}
      ${this.#panel("Evidence", html`<ispvm-evidence .evidence=${sampleEvidence} .names=${sampleNames}></ispvm-evidence>`)}
      ${this.#panel("Nothing against", html`<ispvm-evidence .evidence=${sampleEvidence.slice(0, 1)} .names=${sampleNames}></ispvm-evidence>`)}
      ${this.#panel("Re-checks", html`<ispvm-rechecks .rechecks=${sampleRechecks} .names=${sampleNames} phase="stale"></ispvm-rechecks>`)}
      ${this.#panel("Diagnosis history", html`<ispvm-diagnosis-history .history=${sampleHistory} .names=${sampleNames}></ispvm-diagnosis-history>`)}`
  }

  #timeline() {
    return this.#panel("Timeline", html`<ispvm-timeline .items=${incidentItems}></ispvm-timeline>`)
  }

  #overlays() {
    return this.#panel(
      "Overlays",
      html`<div class="line">
          <ispvm-button
            @click=${() => {
              this.dialog = true
            }}
            >Dialog</ispvm-button
          >
          <ispvm-button
            @click=${() => {
              this.palette = true
            }}
            >Palette</ispvm-button
          >
          <ispvm-button @click=${() => this.#toast("done")}>Toast</ispvm-button>
          <ispvm-button @click=${() => this.#toast("failed")}>Failure</ispvm-button>
        </div>
        <ispvm-dialog
          ?open=${this.dialog}
          heading="Remove core-1?"
          @dismiss=${() => {
            this.dialog = false
          }}
        >
          <p>Its history stays; it is no longer watched.</p>
          <ispvm-button slot="actions" kind="danger">Remove</ispvm-button>
        </ispvm-dialog>
        <ispvm-palette
          ?open=${this.palette}
          .items=${paletteItems}
          @dismiss=${() => {
            this.palette = false
          }}
        ></ispvm-palette>`,
    )
  }

  #toast(tone: "done" | "failed"): void {
    const text =
      tone === "done"
        ? "core-1 was saved."
        : "core-1 could not be saved: the appliance cannot be reached."
    this.renderRoot.querySelector<IspvmToasts>("ispvm-toasts")?.show({ tone, text })
  }
  readonly #onStatus = (): void => {
    this.status =
      STATUS_ORDER[(STATUS_ORDER.indexOf(this.status) + 1) % STATUS_ORDER.length] ?? "ok"
  }
  readonly #onTheme = (): void => {
    setTheme(currentTheme() === "dark" ? "light" : "dark")
    this.requestUpdate()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-gallery": IspvmGallery
  }
}
