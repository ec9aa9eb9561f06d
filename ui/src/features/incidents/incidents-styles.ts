import { css } from "lit"

export const incidentsStyles = css`
  .tools {
    display: flex;
    align-items: center;
    gap: var(--space-1);
    padding: var(--space-2) var(--space-4);
    border-block-end: var(--line);
  }
  .list {
    flex: 1;
    min-block-size: 0;
    overflow-y: auto;
    scrollbar-width: thin;
    padding: 0 var(--inset) var(--space-6);
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
  section {
    margin-block-start: var(--space-4);
  }
  h2 {
    display: flex;
    gap: var(--space-2);
    color: var(--text-2);
    font-size: var(--type-small);
    padding-block-end: var(--space-2);
  }
  ul.rows {
    background: var(--surface-1);
    border: var(--line);
    border-radius: var(--radius);
    overflow: hidden;
  }
  .row {
    display: grid;
    grid-template-columns: var(--space-3-5) minmax(0, 1fr) minmax(0, var(--size-48)) var(--size-32) var(--size-24) var(--size-32);
    column-gap: var(--space-4);
    align-items: center;
    padding: var(--space-2) var(--space-4);
    min-block-size: var(--space-12);
    cursor: pointer;
  }
  li:is(:hover, .selected) > .row {
    background: var(--selection);
  }
  li.selected {
    box-shadow: var(--shadow-current);
  }
  .mark {
    display: grid;
    place-items: center;
  }
  .sub {
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--space-3);
    color: var(--text-2);
    font-size: var(--type-small);
  }
  .since {
    text-align: end;
    white-space: nowrap;
  }
  .fold {
    display: inline-flex;
    align-items: center;
    gap: var(--space-1);
    min-block-size: var(--space-7);
    padding: 0 var(--space-2);
    border: 0;
    border-radius: var(--radius-small);
    background: none;
    color: var(--text-2);
    cursor: pointer;
    white-space: nowrap;
  }
  .act {
    display: flex;
    justify-content: flex-end;
  }
  .symptoms {
    background: var(--surface-1);
    padding: 0 var(--space-4) var(--space-3) calc(var(--space-3-5) + 2 * var(--space-4));
  }
  .older {
    display: flex;
    justify-content: center;
    padding-block: var(--space-4);
  }
  @media (max-width: 1100px) {
    .row {
      grid-template-columns: var(--space-3-5) minmax(0, 1fr) var(--size-28) var(--size-20) var(--size-32);
    }
    .impact {
      grid-column: 2;
      grid-row: 2;
      font-size: var(--type-small);
    }
  }
  @media (max-width: 640px) {
    .tools {
      padding: var(--space-2) var(--space-3);
      overflow-x: auto;
    }
    .row {
      grid-template-columns: var(--space-3-5) minmax(0, 1fr) auto;
      row-gap: var(--space-1);
      padding: var(--space-3);
    }
    .mark {
      align-self: start;
      padding-block-start: var(--space-1);
    }
    .what {
      grid-column: 2 / -1;
    }
    .impact {
      grid-column: 2;
      grid-row: 2;
    }
    .since {
      grid-column: 3;
      grid-row: 2;
      font-size: var(--type-small);
    }
    .fold {
      grid-column: 2;
      grid-row: 3;
      justify-self: start;
      padding-inline: 0;
      min-block-size: var(--space-10);
    }
    .act {
      grid-column: 3;
      grid-row: 3;
    }
    .symptoms {
      padding-inline-start: var(--space-4);
    }
  }
`
