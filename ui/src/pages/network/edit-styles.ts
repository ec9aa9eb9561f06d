import { css } from "lit"

export const editStyles = css`
  :host {
    display: contents;
  }
  .two {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: var(--space-3);
  }
  .wrong {
    padding: var(--space-2) var(--space-3);
    border-radius: var(--radius);
    background: var(--fault-tint);
    color: var(--status-down-text);
  }
  .remove {
    margin-inline-end: auto;
  }
`
