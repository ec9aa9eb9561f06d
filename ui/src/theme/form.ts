import { css } from "lit"

/** Styles of form parts that are no elements: group label, choices, errors. */
export const form = css`
  .check {
    display: grid;
    grid-template-columns: var(--space-4) minmax(0, 1fr);
    gap: var(--space-2);
    cursor: pointer;
  }
  .label {
    margin-block-end: var(--space-1);
  }
`
