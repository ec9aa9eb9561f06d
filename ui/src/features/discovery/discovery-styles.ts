import { css } from "lit"

export const discoveryStyles = css`
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: start;
    gap: var(--space-3) var(--space-4);
    padding: var(--space-4) var(--inset) var(--space-3);
  }
  .head ispvm-discovery-run {
    flex: 1 0 100%;
    min-inline-size: 0;
  }
  ispvm-tabs {
    padding-inline: var(--inset);
  }
  .rows {
    order: 1;
    margin-inline-start: auto;
  }
  .bulk,
  .rejected {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2);
    align-items: center;
    padding: var(--space-2) var(--inset);
    border-block-end: var(--line);
    background: var(--surface-3);
  }
  .rejected {
    align-items: start;
    background: var(--fault-tint);
  }
  .rejected ul {
    max-block-size: var(--size-38);
    overflow-y: auto;
    scrollbar-width: thin;
  }
  ispvm-stale {
    margin: var(--space-2) var(--inset);
  }
  @media (max-width: 640px) {
    .lead {
      display: none;
    }
    .head {
      padding-block: var(--space-3) var(--space-1);
    }
    .rows {
      order: 0;
    }
  }
`
