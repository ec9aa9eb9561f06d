import { css } from "lit"

export const overviewStyles = css`
  .healthy {
    display: flex;
    align-items: center;
    gap: var(--space-2);
    font-size: var(--type-large);
    font-weight: var(--weight-medium);
    color: var(--text-strong);
  }
  .healthy .muted {
    font-size: var(--type-base);
    font-weight: var(--weight-normal);
  }
  .figures {
    display: grid;
    grid-template-columns: repeat(4, minmax(0, 1fr));
    background: var(--surface-1);
    border: var(--line);
    border-radius: var(--radius);
  }
  .figures > div {
    padding: var(--space-4);
    min-block-size: var(--size-28);
  }
  .figures > div + div {
    border-inline-start: var(--line);
  }
  dt {
    color: var(--text-3);
    font-size: var(--type-small);
    font-weight: var(--weight-medium);
  }
  .value {
    font-size: var(--type-figure);
    font-weight: var(--weight-strong);
    letter-spacing: var(--tracking-tight);
    line-height: var(--leading-tight);
    color: var(--text-strong);
    white-space: nowrap;
  }
  .value small {
    font-size: var(--type-base);
    font-weight: var(--weight-normal);
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
    min-block-size: var(--space-6);
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
    border-block-start: var(--line);
  }
  .incidents li.open.down {
    background: var(--fault-tint);
  }
  .incidents li.open.degraded {
    background: var(--warn-tint);
  }
  .incidents strong {
    display: block;
    font-weight: var(--weight-strong);
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
    gap: var(--space-1) var(--space-4);
    padding-block: var(--space-1-5);
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
    block-size: var(--space-1);
    border-radius: var(--radius-tiny);
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
      max-block-size: var(--size-150);
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
      border-block-start: var(--line);
    }
  }
  @media (max-width: 640px) {
    .figures > div {
      padding: var(--space-3);
      min-block-size: 0;
    }
    .value {
      font-size: var(--type-figure-small);
    }
  }
`
