import { css } from "lit"

/** A form's small parts that are no element of their own: the name over a group of choices, the choices, and what was refused. */
export const form = css`
  .label {
    font-weight: var(--weight-medium);
    font-size: var(--type-small);
    color: var(--text-2);
    margin-block-end: var(--space-1);
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-1);
  }
`
