/** The runbook of an alert rule as a link: a page of the docs or of the web, and nothing else. */
import { runbookLinkOf } from "@ispvm/appliance/api/runbooks"
import { html, nothing } from "lit"
import { paths } from "../../app/paths.ts"
import "../../components/ispvm-button.ts"
import "../../components/ispvm-icon.ts"

export const runbookLink = (runbook: string | null, label: string) => {
  const link = runbook === null ? null : runbookLinkOf(runbook)
  if (link === null) return nothing
  return link.kind === "page"
    ? html`<ispvm-button icon="file-text" href=${paths.runbook(link.id)}>${label}</ispvm-button>`
    : html`<a class="link with-icon" href=${link.href} target="_blank" rel="noreferrer noopener"><ispvm-icon name="file-text"></ispvm-icon>${label}</a>`
}
