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
  h1 {
    overflow-wrap: anywhere;
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
  .three {
    display: grid;
    grid-template-columns: minmax(290px, 1.05fr) minmax(320px, 1.25fr) minmax(290px, 1fr);
    gap: var(--space-4);
    align-items: stretch;
  }
  .three > .panel {
    display: flex;
    flex-direction: column;
  }
  .body {
    padding: var(--space-3) var(--space-4) var(--space-4);
    display: grid;
    gap: var(--space-4);
    align-content: start;
  }
  h3 {
    font-size: var(--type-small);
    font-weight: 500;
    color: var(--text-3);
    padding-block-end: var(--space-1);
  }
  .cause li {
    display: flex;
    gap: var(--space-2);
    align-items: baseline;
    overflow-wrap: anywhere;
    padding-block: 1px;
  }
  .cause .kind {
    color: var(--text-3);
    font-size: var(--type-small);
  }
  .cause strong {
    font-weight: 600;
    color: var(--text-strong);
    font-size: var(--type-large);
  }
  .because li {
    position: relative;
    padding-inline-start: var(--space-3);
    padding-block: 2px;
    color: var(--text);
  }
  .because li::before {
    content: "";
    position: absolute;
    inset-inline-start: 0;
    inset-block-start: 0.72em;
    inline-size: 5px;
    border-block-start: 1px solid var(--text-3);
  }
  .next p {
    padding: var(--space-2) var(--space-3);
    border-inline-start: 2px solid var(--status-recovering);
    background: var(--calm-tint);
    border-radius: 0 var(--radius) var(--radius) 0;
  }
  .next p + p {
    margin-block-start: var(--space-2);
  }
  .actions {
    display: grid;
    gap: var(--space-2);
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2);
  }
  .wrong {
    padding: var(--space-2) var(--space-3);
    border-radius: var(--radius);
    background: var(--fault-tint);
    color: var(--status-down-text);
  }
  .evidence {
    overflow: auto;
    max-block-size: 560px;
    scrollbar-width: thin;
    padding: 0 var(--space-4) var(--space-3);
  }
  .timeline {
    padding: var(--space-3) var(--space-4);
  }
  .said {
    color: var(--text-strong);
    font-weight: 600;
  }
  @media (max-width: 1180px) {
    .three {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    }
    .three > .evidence-panel {
      grid-column: 1 / -1;
    }
  }
  @media (max-width: 760px) {
    .three {
      grid-template-columns: minmax(0, 1fr);
      gap: var(--space-3);
    }
    .head {
      grid-template-columns: auto minmax(0, 1fr);
    }
    .head ispvm-status {
      align-self: start;
      padding-block-start: 3px;
    }
    .links {
      grid-column: 2;
      grid-row: auto;
    }
    .evidence {
      max-block-size: none;
    }
    .buttons ispvm-button {
      flex: 1;
    }
  }
`
