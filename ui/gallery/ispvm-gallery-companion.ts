import { css, html, LitElement } from "lit"
import { customElement } from "lit/decorators.js"
import { NEW_NETWATCH } from "../src/features/companion/desired-config-form.ts"
import { panel, shared } from "../src/theme/shared.ts"
import { DRIFT, makeScript } from "../test/make-companion.ts"
import "../src/features/companion/ispvm-drift.ts"
import "../src/features/companion/ispvm-report-strip.ts"
import "../src/features/companion/ispvm-script.ts"
import "../src/features/companion/ispvm-script-delivery.ts"
import "../src/features/companion/ispvm-netwatch.ts"

const now = Date.now()
const script = makeScript()
const few = { ...script, parts: script.parts.slice(1, 4) }
const link = (leftMs: number) => ({
  url: "https://noc.example.net:8445/push/v1/script",
  command:
    ':do { /tool fetch url="https://noc.example.net:8445/push/v1/ca" check-certificate=no; /import ispvm.rsc }',
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
const netwatch = [
  { ...NEW_NETWATCH, name: "Carrier gateway", host: "203.0.113.1" },
  {
    ...NEW_NETWATCH,
    name: "a-very-long-name-of-forty-characters-in-all",
    host: "portal.example.net",
    type: "https-get" as const,
  },
  NEW_NETWATCH,
]

/** Components of self-reporting routers, in every state. */
@customElement("ispvm-gallery-companion")
export class IspvmGalleryCompanion extends LitElement {
  static override styles = [
    shared,
    panel,
    css`
      :host {
        display: grid;
        gap: var(--space-4);
        grid-template-columns: repeat(auto-fit, minmax(min(var(--size-110), 100%), 1fr));
        align-items: start;
      }
    `,
  ]

  override render() {
    return html`<section class="panel wide"><header><h2>Script</h2></header><ispvm-script .script=${few}></ispvm-script></section>
      <section class="panel"><header><h2>Script, closed</h2></header><ispvm-script collapsed .script=${few}></ispvm-script></section>
      <section class="panel"><header><h2>Script that is not what the choices say</h2></header><ispvm-script collapsed stale .script=${few}></ispvm-script></section>
      ${this.#panel("Taking it: nothing yet, copied, refused", html`<ispvm-script-delivery></ispvm-script-delivery><ispvm-script-delivery copied="copied"></ispvm-script-delivery><ispvm-script-delivery copied="failed"></ispvm-script-delivery>`)}
      ${this.#panel(
        "A line: good, nearly over, over, used",
        html`<ispvm-script-delivery .link=${link(850_000)}></ispvm-script-delivery><ispvm-script-delivery .link=${link(42_000)}></ispvm-script-delivery
          ><ispvm-script-delivery .link=${link(-1)}></ispvm-script-delivery><ispvm-script-delivery used .link=${link(850_000)}></ispvm-script-delivery>`,
      )}
      ${this.#panel(
        "Reporting in",
        html`<ispvm-report-strip></ispvm-report-strip><ispvm-report-strip .issuedAtMs=${now - 12_000}></ispvm-report-strip
          ><ispvm-report-strip .issuedAtMs=${now - 300_000}></ispvm-report-strip><ispvm-report-strip seen .issuedAtMs=${now - 12_000}></ispvm-report-strip
          ><ispvm-report-strip .hello=${hello}></ispvm-report-strip
          ><ispvm-report-strip .hello=${{ ...hello, failed: ["syslog: the menu is full"] }}></ispvm-report-strip>`,
      )}
      ${this.#panel(
        "Compared with the script",
        html`<ispvm-drift></ispvm-drift><ispvm-drift .verification=${{ atMs: now, ok: true, problem: null, drift: [] }}></ispvm-drift
          ><ispvm-drift .verification=${{ atMs: now, ok: false, problem: "Its agent is offline. Start it again.", drift: [] }}></ispvm-drift
          ><ispvm-drift .verification=${{ atMs: now, ok: false, problem: null, drift: DRIFT }}></ispvm-drift>`,
      )}
      ${this.#panel("Things it watches", html`<ispvm-netwatch></ispvm-netwatch><ispvm-netwatch .entries=${netwatch} .fieldError=${(path: string) => (path === "netwatch.2.host" ? "Enter an address or a host name." : "")}></ispvm-netwatch>`)}`
  }

  #panel(heading: string, body: unknown) {
    return html`<section class="panel"><header><h2>${heading}</h2></header><div class="pad stack-4">${body}</div></section>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-gallery-companion": IspvmGalleryCompanion
  }
}
