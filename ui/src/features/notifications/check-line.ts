import { html, nothing } from "lit"

/** A check box with its label, and what follows from it below. */
export const checkLine = (
  label: string,
  checked: boolean,
  set: (checked: boolean) => void,
  hint = "",
) => html`<label class="check">
  <input type="checkbox" .checked=${checked} @change=${(event: Event) => set(event.target instanceof HTMLInputElement && event.target.checked)} />
  <span>${label}${hint === "" ? nothing : html`<span class="caption block">${hint}</span>`}</span>
</label>`
