import { html, nothing } from "lit"

/**
 * A group of `.figures`: label, value, and a line below it (`theme/figures.ts`). `kind` is a class
 * of the group, such as `scarce`.
 */
export const figure = (label: string, value: unknown, below: unknown, kind = "", title = "") =>
  html`<div class=${kind} title=${title || nothing}><dt class="small">${label}</dt><dd class="value">${value}</dd><dd class="below caption wrap">${below}</dd></div>`
