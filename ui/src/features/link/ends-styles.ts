import { css } from "lit"

/** The look of the pages of links and interfaces. */
export const endsStyles = css`
  .top {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2) var(--space-4);
    align-items: center;
  }
  h1 {
    overflow-wrap: anywhere;
  }
  .top > ispvm-status {
    font-size: var(--type-large);
  }
  .actions {
    display: var(--controls, flex);
    flex-wrap: wrap;
    gap: var(--space-2);
    margin-inline-start: auto;
  }
  .why {
    color: var(--text-2);
    margin-block-start: var(--space-1);
    overflow-wrap: anywhere;
  }
  .cause {
    display: inline-flex;
    gap: var(--space-2);
    align-items: center;
    margin-block-start: var(--space-2);
    padding: var(--space-1) var(--space-3);
    border-radius: var(--radius);
    background: var(--fault-tint);
    color: var(--status-down-text);
    font-weight: var(--weight-medium);
  }
  .stale {
    display: flex;
    gap: var(--space-2);
    align-items: center;
    padding: var(--space-2) var(--space-3);
    border-radius: var(--radius);
    background: var(--warn-tint);
    color: var(--status-degraded-text);
  }
  .figures {
    display: grid;
    grid-template-columns: repeat(5, minmax(0, 1fr));
    background: var(--surface-1);
    border: var(--line);
    border-radius: var(--radius);
  }
  .figures > div {
    padding: var(--space-3) var(--space-4);
  }
  .figures > div + div {
    border-inline-start: var(--line);
  }
  .figures dt {
    color: var(--text-3);
    font-size: var(--type-small);
    font-weight: var(--weight-medium);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .value {
    font-size: var(--type-figure-small);
    font-weight: var(--weight-strong);
    letter-spacing: var(--tracking-tight);
    line-height: var(--leading);
    color: var(--text-strong);
  }
  .below {
    color: var(--text-3);
    font-size: var(--type-small);
    min-block-size: 1.45em;
    overflow-wrap: anywhere;
  }
  .old .value {
    color: var(--text-3);
    font-weight: var(--weight-normal);
  }
  .scarce .value,
  .below .scarce {
    color: var(--status-degraded-text);
  }
  .short .value {
    color: var(--status-down-text);
  }
  .pair {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
  }
  .pair > * + * {
    border-inline-start: var(--line);
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-3) var(--space-8);
  }
  .facts dt {
    color: var(--text-3);
    font-size: var(--type-small);
  }
  .facts dd {
    max-inline-size: 44ch;
    overflow-wrap: anywhere;
  }
  .facts a {
    color: var(--text-strong);
    font-weight: var(--weight-medium);
  }
  .ranges {
    display: var(--controls, flex);
    flex-wrap: wrap;
    gap: var(--space-1);
    align-items: center;
  }
  .hint {
    margin-inline-start: auto;
    font-size: var(--type-small);
  }
  .charts,
  .two {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: var(--space-4);
    align-items: start;
  }
  .charts .wide {
    grid-column: 1 / -1;
  }
  .charts .panel {
    padding-block-end: var(--space-2);
    block-size: 100%;
  }
  .note {
    color: var(--text-3);
    font-size: var(--type-small);
    padding: 0 var(--space-4) var(--space-2);
  }
  .quiet {
    padding: var(--space-5) var(--space-4);
    color: var(--text-3);
    text-align: center;
  }
  .incidents,
  .events {
    max-block-size: var(--size-110);
    overflow-y: auto;
  }
  .events {
    padding: var(--space-2) var(--space-4);
  }
  .incidents li {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    gap: var(--space-3);
    align-items: baseline;
    padding: var(--space-2) var(--space-4);
  }
  .incidents li + li {
    border-block-start: var(--line);
  }
  .incidents li.down {
    background: var(--fault-tint);
  }
  .incidents li.degraded {
    background: var(--warn-tint);
  }
  .incidents a {
    display: block;
    font-weight: var(--weight-strong);
    color: var(--text-strong);
    overflow-wrap: anywhere;
  }
  .incidents .over a {
    font-weight: var(--weight-medium);
    color: var(--text);
  }
  .incidents .muted {
    font-size: var(--type-small);
  }
  .incidents li:not(.over) .muted {
    color: var(--text-2);
  }
  .at {
    color: var(--text-2);
    font-size: var(--type-small);
    text-align: end;
  }
  @media (max-width: 900px) {
    .charts,
    .two,
    .pair {
      grid-template-columns: minmax(0, 1fr);
    }
    .pair > * + * {
      border-inline-start: 0;
      border-block-start: var(--line);
    }
    .figures {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    .figures > div:nth-child(odd) {
      border-inline-start: 0;
    }
    .figures > div:nth-child(n + 3) {
      border-block-start: var(--line);
    }
    .figures > div:last-child:nth-child(odd) {
      grid-column: 1 / -1;
    }
  }
  @media (max-width: 640px) {
    .actions {
      margin-inline-start: 0;
    }
    .hint {
      display: none;
    }
    .figures > div {
      padding: var(--space-2) var(--space-3);
    }
  }
`
