import { css } from "lit"
import { form } from "../../theme/form.ts"

export const editStyles = [
  form,
  css`
  :host {
    display: contents;
  }
  .two {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: var(--space-3);
  }
  .remove {
    margin-inline-end: auto;
  }
`,
]
