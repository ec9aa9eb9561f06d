import { css } from "lit"

/** Classes for what many elements need: an element takes them instead of a rule of its own. */
export const utilities = css`
  .form-error {
    padding: var(--space-2) var(--space-3);
    border-radius: var(--radius);
    background: var(--fault-tint);
    color: var(--status-down-text);
  }
`
