import { css } from "lit"

export const incidentStyles = css`
  .head {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    gap: var(--space-1) var(--space-3);
    align-items: center;
  }
  .head ispvm-status {
    font-size: var(--type-title);
  }
  .facts {
    grid-column: 2;
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--space-4);
    color: var(--text-2);
  }
  .links {
    display: flex;
    gap: var(--space-2);
    grid-row: 1 / span 2;
    grid-column: 3;
  }
  /* On the left cause, explanations and symptoms one under the other, whatever stands on the right; what is missing leaves no gap. */
  .cols {
    display: grid;
    grid-template-columns: minmax(var(--size-80), 1fr) minmax(0, 1.7fr);
    grid-template-rows: auto auto 1fr;
    column-gap: var(--space-4);
    align-items: start;
  }
  .explanations-panel {
    grid-row: 2;
    margin-block-start: var(--space-4);
  }
  .symptoms-panel {
    grid-row: 3;
    margin-block-start: var(--space-4);
  }
  .stack {
    grid-column: 2;
    grid-row: 1 / span 3;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--space-4);
  }
  .loading {
    opacity: 0;
    animation: appear var(--time-instant) linear var(--time-delay) forwards;
  }
  .as-if {
    display: inline-flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-1) var(--space-2);
    color: var(--text-2);
  }
  .list {
    padding: var(--space-1) var(--space-4) var(--space-3);
  }
  .body {
    padding: var(--space-3) var(--space-4) var(--space-4);
    display: grid;
    gap: var(--space-4);
    align-content: start;
  }
  h3 {
    font-size: var(--type-small);
    font-weight: var(--weight-medium);
    color: var(--text-3);
    padding-block-end: var(--space-1);
  }
  .because li {
    position: relative;
    padding-inline-start: var(--space-3);
    padding-block: var(--space-0-5);
    color: var(--text);
  }
  .because li::before {
    content: "";
    position: absolute;
    inset-inline-start: 0;
    inset-block-start: 0.72em;
    inline-size: var(--space-1-5);
    border-block-start: var(--line-width) solid var(--text-3);
  }
  .next p {
    padding: var(--space-2) var(--space-3);
    border-inline-start: var(--line-thick) solid var(--status-recovering);
    background: var(--ok-tint);
    border-radius: 0 var(--radius) var(--radius) 0;
  }
  .symptoms {
    overflow: auto;
    max-block-size: var(--size-150);
    scrollbar-width: thin;
    padding: 0 var(--space-4) var(--space-3);
  }
  @media (max-width: 940px) {
    .cols {
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: auto;
      row-gap: var(--space-4);
    }
    .cols > * {
      grid-row: auto;
      grid-column: 1;
      margin-block-start: 0;
    }
  }
  @media (max-width: 760px) {
    .cols,
    .stack {
      row-gap: var(--space-3);
    }
    .head {
      grid-template-columns: auto minmax(0, 1fr);
    }
    .head ispvm-status {
      align-self: start;
      padding-block-start: var(--space-0-5);
    }
    .links {
      grid-column: 2;
      grid-row: auto;
    }
    .symptoms {
      max-block-size: none;
    }
  }
`
