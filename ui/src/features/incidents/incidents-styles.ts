import { css } from "lit"

export const incidentsStyles = css`
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-2);
    padding: var(--space-2) var(--space-4);
    border-block-end: var(--line);
  }
  .wraps {
    flex-wrap: wrap;
  }
  .chips {
    display: flex;
    gap: var(--space-1);
  }
  .list {
    flex: 1;
    min-block-size: 0;
    overflow-y: auto;
    scrollbar-width: thin;
    padding-block-end: var(--space-6);
  }
  .news {
    position: sticky;
    inset-block-start: var(--space-2);
    z-index: var(--layer-sticky);
    display: flex;
    justify-content: center;
    block-size: 0;
  }
  .news button {
    block-size: var(--space-8);
    padding-inline: var(--space-4);
    border: var(--line-width) solid var(--fault-line);
    border-radius: var(--radius-pill);
    background: var(--surface-3);
    box-shadow: var(--shadow);
    color: var(--status-down-text);
    font-weight: var(--weight-strong);
    cursor: pointer;
  }
  /* On a phone the list keeps its place: filters and actions are moved sideways. */
  @media (max-width: 640px) {
    .sideways {
      flex-wrap: nowrap;
      overflow-x: auto;
      scrollbar-width: none;
    }
    .sideways > * {
      flex: none;
    }
    .chips {
      overflow-x: auto;
      inline-size: 100%;
    }
  }
`
