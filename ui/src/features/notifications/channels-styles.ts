import { css } from "lit"

/** The list of channels. */
export const channelsStyles = css`
  li {
    padding: var(--space-3) var(--space-4);
    display: grid;
    gap: var(--space-2);
  }
  .row {
    display: grid;
    grid-template-columns: var(--space-5) minmax(0, 1.2fr) minmax(0, 1fr) auto;
    gap: var(--space-2) var(--space-4);
    align-items: start;
  }
  a.text-warn {
    text-decoration: underline;
  }
  .edit {
    margin-inline: calc(-1 * var(--space-1));
  }
  @media (max-width: 900px) {
    .row {
      grid-template-columns: var(--space-5) minmax(0, 1fr);
    }
    .state,
    .acts {
      grid-column: 2;
    }
    .viewed {
      grid-template-columns: var(--space-5) minmax(0, 1fr) auto;
    }
    .viewed .acts {
      grid-column: 3;
      grid-row: 1;
    }
    .icons {
      margin-inline-start: auto;
    }
  }
`
