import { css } from "lit"

export const settingsStyles = css`
  .page {
    max-inline-size: 860px;
    margin-inline: auto;
  }
  .body {
    padding: var(--space-3) var(--space-4) var(--space-4);
    display: grid;
    gap: var(--space-2);
  }
  .lead {
    color: var(--text-2);
  }
  li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 130px 232px;
    gap: var(--space-2) var(--space-4);
    align-items: center;
    padding-block: var(--space-2);
    min-block-size: 50px;
  }
  li + li {
    border-block-start: 1px solid var(--border);
  }
  .who {
    overflow-wrap: anywhere;
  }
  .who .muted {
    font-size: var(--type-small);
  }
  strong {
    font-weight: 600;
    color: var(--text-strong);
  }
  .disabled strong {
    color: var(--text-3);
    font-weight: 500;
  }
  .tag {
    padding: 1px 6px;
    border-radius: var(--radius-small);
    background: var(--surface-3);
    color: var(--text-2);
    font-size: var(--type-small);
  }
  .acts {
    display: flex;
    justify-content: flex-end;
    gap: var(--space-1);
  }
  .form {
    display: grid;
    gap: var(--space-4);
  }
  .form-error {
    padding: var(--space-2) var(--space-3);
    border-radius: var(--radius);
    background: var(--fault-tint);
    color: var(--status-down-text);
  }
  @media (max-width: 760px) {
    li {
      grid-template-columns: minmax(0, 1fr) 130px;
    }
    .acts {
      grid-column: 1 / -1;
      justify-content: flex-start;
    }
  }
`
