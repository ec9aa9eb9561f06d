import { css } from "lit"

export const backupStyles = css`
  :host {
    display: grid;
    gap: var(--space-3);
  }
  dl {
    display: grid;
    grid-template-columns: var(--size-48) minmax(0, 1fr);
    gap: var(--space-2) var(--space-4);
    align-items: center;
  }
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
  progress {
    inline-size: 100%;
    accent-color: var(--accent);
  }
  @media (max-width: 640px) {
    .halves,
    dl {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`
