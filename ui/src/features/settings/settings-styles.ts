import { css } from "lit"

export const settingsStyles = css`
  .body {
    padding: var(--space-3) var(--space-4) var(--space-4);
    display: grid;
    gap: var(--space-2);
  }
  li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) var(--size-32) var(--size-58);
    gap: var(--space-2) var(--space-4);
    align-items: center;
    padding-block: var(--space-2);
    min-block-size: var(--space-12);
  }
  .disabled strong {
    color: var(--text-3);
    font-weight: var(--weight-medium);
  }
  .acts {
    display: flex;
    justify-content: flex-end;
    gap: var(--space-1);
  }
  @media (max-width: 760px) {
    li {
      grid-template-columns: minmax(0, 1fr) var(--size-32);
    }
    .acts {
      grid-column: 1 / -1;
      justify-content: flex-start;
    }
  }
`
