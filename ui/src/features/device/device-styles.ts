import { css } from "lit"

export const deviceStyles = css`
  .charts {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: var(--space-4);
  }
  .charts .panel {
    padding-block-end: var(--space-2);
  }
  .tabs ispvm-tabs {
    padding-inline: var(--space-4);
  }
  .tabs.targeted {
    /* High enough to be brought to the top while what stands in it still loads. */
    min-block-size: 75vh;
  }
  @media (max-width: 900px) {
    .charts {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`

/**
 * A table as high as its rows, in `--rows`, that scrolls on a phone. Not lower than five rows: its
 * virtual body has a least height, and would take that of its head.
 */
export const tableHeight = css`
  .ports {
    block-size: calc((max(var(--rows), 5) + 1) * (var(--row-height) + var(--line-width)) + var(--space-0-5));
  }
  @media (max-width: 640px) {
    .ports {
      block-size: 70dvh;
    }
  }
`

/** A sentence in a head of figures, which takes a line of its own where there is no room. */
export const headlineText = css`
  .headline p {
    flex: 1 1 40ch;
  }
`
