import { css } from "lit"

export const tableStyles = css`
  :host {
    min-block-size: 0;
    min-inline-size: 0;
    block-size: 100%;
  }
  .sideways {
    overflow-x: auto;
    block-size: 100%;
  }
  .grid {
    display: grid;
    grid-template-rows: auto 1fr;
    block-size: 100%;
  }
  .row {
    display: grid;
    grid-template-columns: var(--tracks);
    align-items: center;
    inline-size: 100%;
    min-block-size: var(--row-height);
    padding-inline: var(--space-4);
    column-gap: var(--space-4);
    border-block-end: var(--line-width) solid color-mix(in srgb, var(--border) 55%, transparent);
  }
  .body {
    overflow-y: auto;
    scrollbar-width: thin;
    scrollbar-gutter: stable;
    min-block-size: 0;
    block-size: 100%;
  }
  .body .row,
  .item > .row {
    cursor: pointer;
  }
  :host([tall]) .body .row {
    min-block-size: var(--space-12);
  }
  .body .row.active {
    background: var(--surface-3);
    box-shadow: var(--shadow-current);
  }
  .head {
    overflow: hidden;
    scrollbar-width: thin;
    scrollbar-gutter: stable;
    background: var(--surface-1);
    border-block-end: var(--line);
  }
  .head .row {
    border: 0;
    color: var(--text-3);
    font-size: var(--type-small);
    font-weight: var(--weight-medium);
  }
  .head button {
    border: 0;
    padding: 0;
    background: none;
    font: inherit;
    cursor: pointer;
    display: inline-flex;
    gap: var(--space-1);
    align-items: center;
    min-block-size: var(--space-7);
  }
  [role="cell"],
  [role="columnheader"] {
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  input[type="checkbox"] {
    display: block;
    margin: 0;
    inline-size: var(--space-4);
    block-size: var(--space-4);
    accent-color: var(--focus);
    cursor: pointer;
  }
  .grid .detail {
    border-block-end: var(--line);
    background: var(--surface-2);
  }
  .note > [role="cell"],
  .footer > [role="cell"],
  .detail > [role="cell"],
  .problem > [role="cell"] {
    white-space: normal;
    overflow: visible;
  }
  .end {
    text-align: end;
    justify-self: end;
    max-inline-size: 100%;
  }
  .card-place {
    inline-size: 100%;
    padding: var(--space-1) var(--space-3);
  }
  .card {
    background: var(--surface-1);
    border: var(--line);
    border-radius: var(--radius);
    padding: var(--space-3);
    display: grid;
    gap: var(--space-2);
    cursor: pointer;
  }
  .card.active {
    border-color: var(--focus);
  }
  .card-head {
    display: flex;
    justify-content: space-between;
    gap: var(--space-3);
    font-weight: var(--weight-strong);
    color: var(--text-strong);
  }
  .card-head input[type="checkbox"] {
    inline-size: var(--space-6);
    block-size: var(--space-6);
  }
  .card ispvm-meter {
    min-inline-size: var(--size-38);
  }
  .card dl {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: var(--space-1) var(--space-4);
    font-size: var(--type-small);
  }
  .card dl > div {
    display: flex;
    align-items: baseline;
    gap: var(--space-2);
    justify-content: space-between;
    min-inline-size: 0;
  }
`
