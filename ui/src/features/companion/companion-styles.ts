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
    border-block-end: 1px solid var(--border);
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
    border-block-end: 1px solid var(--border);
  }
  .figures > div {
    padding: var(--space-3) var(--space-4);
    min-inline-size: 0;
  }
  .figures > div + div {
    border-inline-start: 1px solid var(--border);
  }
  dt {
    color: var(--text-3);
    font-size: var(--type-small);
  }
  .value {
    font-size: var(--type-large);
    font-weight: 600;
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
    border-inline-end: 1px solid var(--border);
  }
  .note + ispvm-drift {
    margin-block-start: var(--space-3);
  }
  section {
    padding: var(--space-3) var(--space-4) var(--space-4);
    min-inline-size: 0;
  }
  .stack > section + section {
    border-block-start: 1px solid var(--border);
  }
  header {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-1) var(--space-2);
    align-items: center;
    min-block-size: 32px;
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
    padding-block: 5px;
  }
  .keys li {
    grid-template-columns: 74px minmax(0, auto) minmax(0, 1fr) 32px;
    min-block-size: 36px;
  }
  .netwatch li {
    grid-template-columns: 108px minmax(0, 1fr) auto;
  }
  .keys li + li,
  .netwatch li + li {
    border-block-start: 1px solid var(--border);
  }
  .state {
    color: var(--text-strong);
    font-weight: 500;
  }
  .past .state,
  .past .id {
    color: var(--text-3);
    font-weight: 400;
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
    border-block-start: 1px solid var(--border);
  }
  .framed {
    max-block-size: 46vh;
    overflow: auto;
    border: 1px solid var(--border);
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
      border-block-start: 1px solid var(--border);
    }
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
    .columns > .stack:first-child {
      border-inline-end: 0;
      border-block-end: 1px solid var(--border);
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
      border-inline-start: 1px solid var(--border);
    }
    .figures > div:nth-child(n + 3) {
      border-block-start: 1px solid var(--border);
    }
    section {
      padding-inline: var(--space-3);
    }
    .keys li {
      grid-template-columns: 80px minmax(0, 1fr) 40px;
    }
    .ages {
      grid-column: 1 / -1;
      grid-row: 2;
      text-align: start;
    }
    .actions > * {
      flex: 1 1 40%;
      --control-height: 44px;
    }
  }
`
