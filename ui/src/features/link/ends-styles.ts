import { css } from "lit"

/** Styles of the link and interface pages. */
export const endsStyles = css`
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
    line-height: var(--leading);
  }
  .figures {
    --columns: 5;
    background: var(--surface-1);
    border: var(--line);
    border-radius: var(--radius);
  }
  .below {
    min-block-size: 1.45em;
  }
  .facts dd {
    max-inline-size: 44ch;
    overflow-wrap: anywhere;
  }
  .charts,
  .two {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: var(--space-4);
    align-items: start;
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
  .incidents li {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    gap: var(--space-3);
    align-items: baseline;
    padding: var(--space-2) var(--space-4);
  }
  .at {
    color: var(--text-2);
    font-size: var(--type-small);
    text-align: end;
  }
  @media (max-width: 900px) {
    .charts, .two {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`
