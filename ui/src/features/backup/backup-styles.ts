import { css } from "lit"

/** Besides those of facts. */
export const backupStyles = css`
  form {
    padding: var(--space-4);
    border: var(--line);
    border-radius: var(--radius);
  }
  .run {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-1) var(--space-3);
    align-items: baseline;
  }
  @media (max-width: 640px) {
    .halves {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`
