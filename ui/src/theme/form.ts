import { css } from "lit"

/** Styles of form parts that are no elements: group label, choices, errors. */
export const form = css`
  .label {
    margin-block-end: var(--space-1);
  }
`
