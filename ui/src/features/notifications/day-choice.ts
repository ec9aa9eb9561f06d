import { html, nothing } from "lit"
import { checkLine } from "./check-line.ts"
import { WEEKDAYS } from "./policy-sentence.ts"

/** Days of the week as check boxes. */
export const dayChoice = (
  label: string,
  days: readonly number[],
  set: (days: readonly number[]) => void,
  error: string,
) => html`<div class="wide" role="group" aria-label=${label}>
  <span class="label">${label}</span>
  <div class="headline">${WEEKDAYS.map(({ day, name }) =>
    checkLine(name, days.includes(day), (isOn) =>
      set(isOn ? [...days, day] : days.filter((each) => each !== day)),
    ),
  )}</div>
  ${error === "" ? nothing : html`<p class="text-fault small" role="alert">${error}</p>`}
</div>`
