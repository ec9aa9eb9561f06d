import { css } from "lit"

export const probeListStyles = css`
  .head {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2) var(--space-4);
    align-items: start;
  }
  .head > .grow {
    min-inline-size: min(100%, var(--size-58));
  }
  .views {
    display: grid;
    gap: var(--space-1-5);
  }
  .view {
    display: grid;
    grid-template-columns: minmax(var(--size-38), 1fr) minmax(0, 3fr) auto var(--size-38) var(--size-20);
    gap: var(--space-1) var(--space-4);
    align-items: center;
  }
  .figure,
  .age {
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  .path {
    display: grid;
    grid-column: 1 / -1;
  }
  @media (max-width: 760px) {
    .view {
      grid-template-columns: minmax(0, 1fr) auto auto;
    }
    .view > .grow {
      grid-row: 2;
      grid-column: 1 / -1;
    }
    .age {
      display: none;
    }
  }
`
