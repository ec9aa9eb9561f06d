import { css } from "lit"

/** On top of those of every table. */
export const pagedTableStyles = css`
  :host,
  .sideways {
    block-size: auto;
  }
  .head {
    scrollbar-gutter: auto;
  }
  .row {
    padding-block: var(--space-1);
  }
  .item > .row:hover {
    background: var(--selection);
  }
  .item.active {
    box-shadow: var(--shadow-current);
    background: var(--selection);
  }
  :host([pending]) .item {
    opacity: 0.6;
  }
  .item [role="cell"] {
    white-space: normal;
    overflow-wrap: anywhere;
  }
  .heading {
    padding: var(--space-4) var(--space-4) var(--space-2);
    border-block-end: var(--line);
  }
  h2 {
    display: flex;
    gap: var(--space-2);
    color: var(--text-2);
    font-size: var(--type-small);
  }
  .note {
    padding: var(--space-2) var(--space-4);
    color: var(--text-3);
  }
  :host([selectable]) [role="row"].detail,
  :host([selectable]) [role="row"].problem {
    padding-inline-start: var(--space-12);
  }
  /* Of a detail: a name and its value a line. */
  .fields {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: var(--space-1) var(--space-3);
  }
  .fields dd {
    text-align: start;
  }
  .problem {
    padding: 0 var(--space-4) var(--space-2);
    color: var(--status-down-text);
    font-size: var(--type-small);
  }
  .fold {
    display: inline-flex;
    align-items: center;
    gap: var(--space-1);
    min-block-size: var(--control-height);
    padding: 0 var(--space-2);
    margin-inline-start: calc(-1 * var(--space-2));
    border: 0;
    border-radius: var(--radius-small);
    background: none;
    color: var(--text-2);
    cursor: pointer;
    white-space: nowrap;
  }
  .all {
    display: flex;
    gap: var(--space-2);
    align-items: center;
    min-block-size: var(--control-height);
    padding-inline: var(--space-4);
    color: var(--text-2);
  }
  .cards .heading {
    border: 0;
    padding-block-end: 0;
  }
  .card dd {
    white-space: normal;
    overflow-wrap: anywhere;
    text-align: end;
  }
`
