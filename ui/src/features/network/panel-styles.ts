import { css } from "lit"

export const panelStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    background: var(--surface-1);
    border-inline-start: var(--line);
    min-block-size: 0;
  }
  header {
    display: flex;
    align-items: center;
    gap: var(--space-2);
    padding: var(--space-2) var(--space-2) var(--space-2) var(--space-4);
    min-block-size: var(--space-12);
    border-block-end: var(--line);
  }
  header h2 {
    flex: 1;
    font-size: var(--type-large);
    overflow-wrap: anywhere;
    line-height: var(--leading-tight);
  }
  .body {
    flex: 1;
    min-block-size: 0;
    overflow: auto;
    overscroll-behavior: contain;
    padding: var(--space-4);
    display: grid;
    gap: var(--space-4);
    align-content: start;
  }
  h3 {
    font-size: var(--type-small);
    font-weight: var(--weight-strong);
    color: var(--text-2);
    margin-block-end: var(--space-1);
  }
  .all-up {
    display: flex;
    gap: var(--space-2);
    align-items: baseline;
    color: var(--text-2);
  }
  :where(.incident) {
    display: grid;
    inline-size: 100%;
    gap: var(--space-0-5);
    text-align: start;
    padding: var(--space-2) var(--space-3);
    border: var(--line-strong);
    border-radius: var(--radius);
    background: var(--surface-2);
    color: var(--text);
    cursor: pointer;
  }
  .incident.down {
    border-color: var(--fault-line);
  }
  .incident:hover {
    border-color: var(--text-3);
  }
  details {
    display: var(--controls, block);
    border-block-start: var(--line);
    padding-block-start: var(--space-3);
    color: var(--text-2);
  }
  summary {
    cursor: pointer;
    color: var(--text-2);
    font-size: var(--type-small);
  }
  .legend {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: var(--space-1) var(--space-4);
    align-items: center;
    margin-block-start: var(--space-2);
  }
  .legend svg {
    inline-size: var(--space-14);
    block-size: var(--space-2-5);
  }
  .legend line {
    stroke: var(--map-link);
    stroke-width: 4;
  }
`
