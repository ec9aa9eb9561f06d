import { css } from "lit"

export const failoverStyles = css`
  section {
    padding: var(--space-3) var(--space-4) var(--space-4);
  }
  h3 {
    font-size: var(--type-base);
    font-weight: var(--weight-strong);
    color: var(--text-strong);
    overflow-wrap: anywhere;
  }
  .lead {
    color: var(--text-2);
    padding-block: var(--space-0-5) var(--space-2);
    overflow-wrap: anywhere;
  }
  .direction {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: var(--space-1) var(--space-3);
    align-items: baseline;
    padding-block: var(--space-2);
    border-block-start: var(--line);
  }
  .direction strong {
    display: inline-flex;
    gap: var(--space-1-5);
    align-items: center;
    color: var(--tone, var(--text-strong));
    white-space: nowrap;
  }
  .direction .muted {
    grid-column: 1 / -1;
    font-size: var(--type-small);
    overflow-wrap: anywhere;
  }
  .direction .muted a {
    font-weight: var(--weight-normal);
    color: var(--text-2);
    text-decoration: underline;
    text-underline-offset: var(--space-0-5);
  }
  .unknown li {
    padding-block: var(--space-0-5);
    color: var(--text-2);
    overflow-wrap: anywhere;
  }
  .none {
    display: flex;
    gap: var(--space-3);
    padding: var(--space-4);
  }
  .none ispvm-icon {
    color: var(--status-degraded);
    padding-block-start: var(--space-0-5);
  }
  .none p {
    color: var(--text-2);
    max-inline-size: 70ch;
    overflow-wrap: anywhere;
  }
  details {
    border-block-start: var(--line);
    padding: var(--space-2) var(--space-4);
    color: var(--text-2);
  }
  summary {
    cursor: pointer;
    color: var(--text-2);
    min-block-size: var(--space-6);
    align-content: center;
  }
  details p {
    max-inline-size: 90ch;
    padding-block: var(--space-1);
  }
`
