import { css } from "lit"

export const companionStyles = css`
  .all {
    display: grid;
  }
  .rejected {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2);
    align-items: center;
    padding: var(--space-2) var(--space-4);
    background: var(--warn-tint);
    border-block-end: var(--line);
  }
  .rejected > span {
    flex: 1 1 24ch;
  }
  .value {
    font-size: var(--type-large);
    overflow-wrap: anywhere;
  }
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1.15fr) minmax(0, 1fr);
  }
  .columns > .stack:first-child {
    border-inline-end: var(--line);
  }
  section {
    padding: var(--space-3) var(--inset) var(--space-4);
    min-inline-size: 0;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-1) var(--space-2);
    align-items: center;
    min-block-size: var(--space-8);
    margin-block-end: var(--space-2);
  }
  .form-error {
    margin-block-start: var(--space-2);
    padding: var(--space-2) var(--space-3);
    border-radius: var(--radius);
    background: var(--fault-tint);
    color: var(--status-down-text);
  }
  .alone {
    padding: 0 var(--space-4) var(--space-3);
    font-size: var(--type-small);
  }
  .keys li,
  .netwatch li {
    display: grid;
    gap: 0 var(--space-3);
    align-items: center;
    padding-block: var(--space-1-5);
  }
  .keys li {
    grid-template-columns: var(--size-20) minmax(0, auto) minmax(0, 1fr) var(--space-8);
    min-block-size: var(--space-9);
  }
  .netwatch li {
    grid-template-columns: var(--size-28) minmax(0, 1fr) auto;
  }
  .ages {
    font-size: var(--type-small);
    text-align: end;
    grid-column: 3;
  }
  .old {
    grid-column: 1 / -1;
    color: var(--status-degraded-text);
    font-size: var(--type-small);
  }
  .hello {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: var(--space-1) var(--space-3);
  }
  .hello + p {
    margin-block-start: var(--space-2);
    font-size: var(--type-small);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2);
    padding: var(--space-3) var(--space-4);
    border-block-start: var(--line);
  }
  .framed {
    max-block-size: 46vh;
    overflow: auto;
    border: var(--line);
    border-radius: var(--radius);
  }
  .status-text {
    margin-inline-end: auto;
    align-self: center;
    color: var(--status-recovering-text);
  }
  .figures {
    --columns: 6;
    border-block-end: var(--line);
  }
  .note:not(:last-child) {
    margin-block-end: var(--space-3);
  }
  @media (min-width: 901px) and (max-width: 1100px) {
    .figures {
      --columns: 3;
    }
    .figures > div:nth-child(4) {
      border-inline-start: 0;
    }
    .figures > div:nth-child(n + 4) {
      border-block-start: var(--line);
    }
  }
  @media (max-width: 1100px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
    .columns > .stack:first-child {
      border-inline-end: 0;
      border-block-end: var(--line);
    }
  }
  @media (max-width: 640px) {
    .keys li {
      grid-template-columns: var(--size-20) minmax(0, 1fr) var(--space-10);
    }
    .ages {
      grid-column: 1 / -1;
      grid-row: 2;
      text-align: start;
    }
    .actions > * {
      flex: 1 1 40%;
      --control-height: var(--space-11);
    }
  }
`
