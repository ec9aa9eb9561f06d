import { css } from "lit"

export const overviewStyles = css`
  .healthy {
    display: flex;
    align-items: center;
    gap: var(--space-2);
    font-size: var(--type-large);
    font-weight: 500;
    color: var(--text-strong);
  }
  .healthy .muted {
    font-size: var(--type-base);
    font-weight: 400;
  }
  .figures {
    display: grid;
    grid-template-columns: repeat(4, minmax(0, 1fr));
    background: var(--surface-1);
    border: 1px solid var(--border);
    border-radius: var(--radius);
  }
  .figures > div {
    padding: var(--space-4);
    min-block-size: 116px;
  }
  .figures > div + div {
    border-inline-start: 1px solid var(--border);
  }
  dt {
    color: var(--text-3);
    font-size: var(--type-small);
    font-weight: 500;
  }
  .value {
    font-size: var(--type-figure);
    font-weight: 600;
    letter-spacing: -0.02em;
    line-height: 1.35;
    color: var(--text-strong);
    white-space: nowrap;
  }
  .value small {
    font-size: var(--type-base);
    font-weight: 400;
    letter-spacing: 0;
    color: var(--text-3);
  }
  .below {
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--space-3);
    font-size: var(--type-small);
  }
  .below a {
    display: inline-flex;
    align-items: center;
    min-block-size: 24px;
  }
  .below ispvm-spark {
    inline-size: 100%;
  }
  .two {
    display: grid;
    grid-template-columns: minmax(0, 1.15fr) minmax(0, 1fr);
    gap: var(--space-4);
    align-items: start;
  }
  .incidents li {
    display: grid;
    grid-template-columns: auto 1fr auto;
    gap: var(--space-3);
    align-items: baseline;
    padding: var(--space-3) var(--space-4);
  }
  .incidents li + li {
    border-block-start: 1px solid var(--border);
  }
  .incidents li.open.down {
    background: var(--fault-tint);
  }
  .incidents li.open.degraded {
    background: var(--warn-tint);
  }
  .incidents strong {
    display: block;
    font-weight: 600;
    color: var(--text-strong);
    overflow-wrap: anywhere;
  }
  .incidents ispvm-time {
    color: var(--text-2);
  }
  .incidents .muted {
    font-size: var(--type-small);
  }
  .incidents li.open .muted {
    color: var(--text-2);
  }
  .quiet {
    padding: var(--space-6) var(--space-4);
    color: var(--text-3);
    text-align: center;
  }
  .stack {
    display: grid;
    gap: var(--space-4);
  }
  .links {
    padding: var(--space-2) var(--space-4) var(--space-3);
  }
  .links li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto 6ch;
    gap: 3px var(--space-4);
    padding-block: 5px;
  }
  .links .name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .links .load {
    color: var(--text-2);
  }
  .links .ratio {
    text-align: end;
  }
  .links i {
    grid-column: 1 / -1;
    block-size: 3px;
    border-radius: 2px;
    background: var(--surface-3);
    overflow: hidden;
  }
  .links b {
    display: block;
    block-size: 100%;
    background: var(--status-ok);
  }
  .links .full b {
    background: var(--status-degraded);
  }
  .changes {
    padding: var(--space-2) var(--space-4);
  }
  @media (min-width: 901px) {
    .incidents,
    .changes {
      max-block-size: 560px;
      overflow-y: auto;
      overscroll-behavior: contain;
    }
  }
  @media (max-width: 900px) {
    .two {
      grid-template-columns: minmax(0, 1fr);
    }
    .figures {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    .figures > div:nth-child(odd) {
      border-inline-start: 0;
    }
    .figures > div:nth-child(n + 3) {
      border-block-start: 1px solid var(--border);
    }
  }
  @media (max-width: 640px) {
    .figures > div {
      padding: var(--space-3);
      min-block-size: 0;
    }
    .value {
      font-size: 22px;
    }
  }
`
