import { css } from "lit"

export const deviceStyles = css`
  .ranges {
    display: var(--controls, flex);
    flex-wrap: wrap;
    gap: var(--space-1);
    align-items: center;
  }
  .hint {
    margin-inline-start: auto;
    font-size: var(--type-small);
  }
  .charts {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: var(--space-4);
  }
  .charts .wide {
    grid-column: 1 / -1;
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
  .ports {
    block-size: calc((var(--rows) + 1) * (var(--row-height) + var(--line-width)) + var(--space-0-5));
  }
  .events {
    padding: var(--space-3) var(--space-4);
  }
  @media (max-width: 900px) {
    .charts {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  @media (max-width: 640px) {
    .hint {
      display: none;
    }
    .ports {
      block-size: 70dvh;
    }
  }
`
