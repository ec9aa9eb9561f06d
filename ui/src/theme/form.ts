import { css } from "lit"

/** A form's small parts that are no element of their own: the name over a group of choices, the choices, and what was refused. */
export const form = css`
  .label {
    margin-block-end: var(--space-1);
  }
`
