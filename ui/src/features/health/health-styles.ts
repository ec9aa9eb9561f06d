import { css } from "lit"

export const healthStyles = css`
  .check {
    display: grid;
    grid-template-columns: var(--size-28) minmax(0, 1fr) auto;
    gap: var(--space-1) var(--space-4);
    align-items: baseline;
    padding: var(--space-3) var(--space-4);
  }
  .check h3 {
    margin: 0;
    font-size: var(--type-base);
    font-weight: var(--weight-strong);
    color: var(--text-strong);
  }
  .runbooks {
    columns: var(--size-58);
    column-gap: var(--space-8);
  }
  .runbooks li {
    padding-block: var(--space-1);
    break-inside: avoid;
  }
  @media (max-width: 640px) {
    .check {
      grid-template-columns: minmax(0, 1fr) auto;
    }
    .check > .found {
      grid-column: 1 / -1;
      grid-row: 2;
    }
  }
`
