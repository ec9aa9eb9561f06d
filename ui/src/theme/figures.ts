import { css } from "lit"

/**
 * Figures beside each other: a list whose groups hold a label, a `value` and a line `below` it.
 * `--columns` is how many stand in a row. `scarce`, `short`, `late` and `old` colour a value.
 */
export const figureStyles = css`
  .figures {
    display: grid;
    grid-template-columns: repeat(var(--columns), minmax(0, 1fr));
  }
  .figures > div {
    padding: var(--space-3) var(--space-4);
    min-inline-size: 0;
  }
  .value {
    color: var(--tone, var(--text-strong));
    font-weight: var(--tone-weight, var(--weight-strong));
    letter-spacing: var(--tracking-tight);
  }
  .scarce {
    --tone: var(--status-degraded-text);
    --fill: var(--status-degraded);
  }
  .short {
    --tone: var(--status-down-text);
    --fill: var(--status-down);
  }
  .late {
    --tone: var(--text-3);
  }
  .old {
    --tone: var(--text-3);
    --tone-weight: var(--weight-normal);
  }
  @media (max-width: 900px) {
    .figures {
      --columns: 2 !important;
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
    .figures > div {
      padding: var(--space-2) var(--space-3);
    }
  }
`
