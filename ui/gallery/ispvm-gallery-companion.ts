import { css, html, LitElement } from "lit"
import { customElement } from "lit/decorators.js"
import { NEW_WATCH } from "../src/pages/companion/wish-form.ts"
import { panel, shared } from "../src/theme/shared.ts"
import { DRIFT, makeScript } from "../test/make-companion.ts"
import "../src/pages/companion/ispvm-drift.ts"
import "../src/pages/companion/ispvm-report-strip.ts"
import "../src/pages/companion/ispvm-script.ts"
import "../src/pages/companion/ispvm-script-take.ts"
import "../src/pages/companion/ispvm-watches.ts"

const now = Date.now()
const script = makeScript()
const few = { ...script, parts: script.parts.slice(1, 4) }
const link = (leftMs: number) => ({
  url: "https://noc.example.net:8445/push/v1/script",
  command: ':do { /tool fetch url="https://noc.example.net:8445/push/v1/ca" check-certificate=no; /import ispvm.rsc }',
  curl: "curl https://noc.example.net:8445/push/v1/script",
  expiresAtMs: now + leftMs,
})
const hello = {
  atMs: now - 3_000,
  version: "7.18.2 (stable)",
  done: ["api-account", "snmp", "push"],
  failed: [] as string[],
  globals: "seen" as const,
}
const watches = [
  { ...NEW_WATCH, name: "Carrier gateway", host: "203.0.113.1" },
  { ...NEW_WATCH, name: "a-very-long-name-of-forty-characters-in-all", host: "portal.example.net", type: "https-get" as const },
  NEW_WATCH,
]

/** The parts of routers that report themselves, in every state. */
@customElement("ispvm-gallery-companion")
export class IspvmGalleryCompanion extends LitElement {
  static override styles = [
    shared,
    panel,
    css`
      :host {
        display: grid;
        gap: var(--space-4);
        grid-template-columns: repeat(auto-fit, minmax(min(420px, 100%), 1fr));
        align-items: start;
      }
      .body {
        padding: var(--space-4);
        display: grid;
        gap: var(--space-4);
      }
      .all {
        grid-column: 1 / -1;
      }
    `,
  ]

  override render() {
    return html`<section class="panel all"><header><h2>Script</h2></header><ispvm-script .script=${few}></ispvm-script></section>
      <section class="panel"><header><h2>Script, closed</h2></header><ispvm-script folded .script=${few}></ispvm-script></section>
      <section class="panel"><header><h2>Script that is not what the choices say</h2></header><ispvm-script folded stale .script=${few}></ispvm-script></section>
      ${this.#panel("Taking it: nothing yet, copied, refused", html`<ispvm-script-take></ispvm-script-take><ispvm-script-take copied="copied"></ispvm-script-take><ispvm-script-take copied="refused"></ispvm-script-take>`)}
      ${this.#panel(
        "A line: good, nearly over, over, used",
        html`<ispvm-script-take .link=${link(850_000)}></ispvm-script-take><ispvm-script-take .link=${link(42_000)}></ispvm-script-take
          ><ispvm-script-take .link=${link(-1)}></ispvm-script-take><ispvm-script-take used .link=${link(850_000)}></ispvm-script-take>`,
      )}
      ${this.#panel(
        "Reporting in",
        html`<ispvm-report-strip></ispvm-report-strip><ispvm-report-strip .takenAtMs=${now - 12_000}></ispvm-report-strip
          ><ispvm-report-strip .takenAtMs=${now - 300_000}></ispvm-report-strip><ispvm-report-strip heard .takenAtMs=${now - 12_000}></ispvm-report-strip
          ><ispvm-report-strip .hello=${hello}></ispvm-report-strip
          ><ispvm-report-strip .hello=${{ ...hello, failed: ["syslog: the menu is full"] }}></ispvm-report-strip>`,
      )}
      ${this.#panel(
        "Compared with the script",
        html`<ispvm-drift></ispvm-drift><ispvm-drift .verification=${{ atMs: now, ok: true, trouble: null, drift: [] }}></ispvm-drift
          ><ispvm-drift .verification=${{ atMs: now, ok: false, trouble: "Its agent is silent: start it again.", drift: [] }}></ispvm-drift
          ><ispvm-drift .verification=${{ atMs: now, ok: false, trouble: null, drift: DRIFT }}></ispvm-drift>`,
      )}
      ${this.#panel("Things it watches", html`<ispvm-watches></ispvm-watches><ispvm-watches .watches=${watches} .wrong=${(path: string) => (path === "watches.2.host" ? "An address or a host name" : "")}></ispvm-watches>`)}`
  }

  #panel(heading: string, body: unknown) {
    return html`<section class="panel"><header><h2>${heading}</h2></header><div class="body">${body}</div></section>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-gallery-companion": IspvmGalleryCompanion
  }
}
