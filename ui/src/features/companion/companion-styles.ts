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
  .rejected > ispvm-icon {
    color: var(--status-degraded);
  }
  .rejected > span {
    flex: 1 1 24ch;
  }
  .figures {
    display: grid;
    grid-template-columns: repeat(6, minmax(0, 1fr));
    border-block-end: var(--line);
  }
  .figures > div {
    padding: var(--space-3) var(--space-4);
    min-inline-size: 0;
  }
  .figures > div + div {
    border-inline-start: var(--line);
  }
  dt {
    color: var(--text-3);
    font-size: var(--type-small);
  }
  .value {
    font-size: var(--type-large);
    font-weight: var(--weight-strong);
    color: var(--text-strong);
    overflow-wrap: anywhere;
  }
  .below {
    color: var(--text-3);
    font-size: var(--type-small);
    overflow-wrap: anywhere;
  }
  .late .value {
    color: var(--text-3);
  }
  .late .below,
  .amber .value,
  .amber .below {
    color: var(--status-degraded-text);
  }
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1.15fr) minmax(0, 1fr);
  }
  .columns > .stack:first-child {
    border-inline-end: var(--line);
  }
  .note + ispvm-drift {
    margin-block-start: var(--space-3);
  }
  section {
    padding: var(--space-3) var(--space-4) var(--space-4);
    min-inline-size: 0;
  }
  .stack > section + section {
    border-block-start: var(--line);
  }
  header {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-1) var(--space-2);
    align-items: center;
    min-block-size: var(--space-8);
    margin-block-end: var(--space-2);
  }
  header .muted {
    font-size: var(--type-small);
  }
  .end {
    margin-inline-start: auto;
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
  .keys li + li,
  .netwatch li + li {
    border-block-start: var(--line);
  }
  .state {
    color: var(--text-strong);
    font-weight: var(--weight-medium);
  }
  .past .state,
  .past .id {
    color: var(--text-3);
    font-weight: var(--weight-normal);
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
  .netwatch ispvm-time {
    color: var(--text-2);
  }
  .name {
    overflow-wrap: anywhere;
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
  .hello dd {
    color: var(--text-2);
    overflow-wrap: anywhere;
  }
  .hello .could {
    color: var(--status-degraded-text);
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
  @media (max-width: 1100px) {
    .figures {
      grid-template-columns: repeat(3, minmax(0, 1fr));
    }
    .figures > div:nth-child(4) {
      border-inline-start: 0;
    }
    .figures > div:nth-child(n + 4) {
      border-block-start: var(--line);
    }
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
    .columns > .stack:first-child {
      border-inline-end: 0;
      border-block-end: var(--line);
    }
  }
  @media (max-width: 640px) {
    .figures {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    .figures > div {
      padding: var(--space-2) var(--space-3);
    }
    .figures > div:nth-child(odd) {
      border-inline-start: 0;
    }
    .figures > div:nth-child(even) {
      border-inline-start: var(--line);
    }
    .figures > div:nth-child(n + 3) {
      border-block-start: var(--line);
    }
    section {
      padding-inline: var(--space-3);
    }
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
