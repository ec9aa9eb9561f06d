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
    --columns: 4;
    background: var(--surface-1);
    border: var(--line);
    border-radius: var(--radius);
  }
  .value {
    font-size: var(--type-figure);
    line-height: var(--leading-tight);
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
  .quiet {
    padding: var(--space-6) var(--space-4);
    color: var(--text-3);
    text-align: center;
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
  .links .ratio {
    text-align: end;
  }
  @media (min-width: 901px) {
    .incidents,
    .changes {
      max-block-size: var(--size-150);
      overflow-y: auto;
      overscroll-behavior: contain;
    }
  }
  @media (min-width: 641px) {
    .figures > div {
      padding-block: var(--space-4);
      min-block-size: var(--size-28);
    }
  }
  @media (max-width: 900px) {
    .two {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  @media (max-width: 640px) {
    .value {
      font-size: var(--type-figure-small);
    }
  }
`
