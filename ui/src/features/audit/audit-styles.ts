import { css } from "lit"

export const auditStyles = css`
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: var(--space-2);
  }
  .filters {
    display: grid;
    grid-template-columns: minmax(0, 1fr) var(--size-48) var(--size-48) auto;
    align-items: end;
    gap: var(--space-3);
    padding: var(--space-3) var(--space-4);
    border-block-end: var(--line);
  }
  @media (max-width: 1000px) {
    .filters {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
  }
  @media (max-width: 640px) {
    .filters {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`
