import { css } from "lit"

export const auditStyles = css`
  .page {
    max-inline-size: var(--size-240);
    margin-inline: auto;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: var(--space-2);
  }
  .filters {
    display: grid;
    grid-template-columns: minmax(0, 1fr) var(--size-48) var(--size-48);
    gap: var(--space-3);
    padding: var(--space-3) var(--space-4);
    border-block-end: var(--line);
  }
  ul {
    margin: 0;
    padding: 0 var(--space-4);
    list-style: none;
  }
  .stale {
    opacity: 0.6;
  }
  li {
    display: grid;
    grid-template-columns: var(--size-38) minmax(0, 1fr);
    gap: var(--space-3);
    padding-block: var(--space-3);
  }
  .when {
    display: grid;
    align-content: start;
    color: var(--text-2);
  }
  summary {
    inline-size: fit-content;
    color: var(--text-2);
    font-size: var(--type-small);
    cursor: pointer;
  }
  dl {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: var(--space-1) var(--space-3);
    margin: var(--space-2) 0 0;
    font-size: var(--type-small);
  }
  dd {
    margin: 0;
    font-family: var(--font-mono);
  }
  footer {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-3);
    padding: var(--space-3) var(--space-4);
    border-block-start: var(--line);
  }
  @media (max-width: 640px) {
    .filters,
    li {
      grid-template-columns: minmax(0, 1fr);
    }
    .when {
      display: flex;
      gap: var(--space-2);
    }
  }
`
