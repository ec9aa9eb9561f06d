import { css } from "lit"

/** The search, filters and actions above a table that fills its page. */
export const listTools = css`
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-2);
    padding: var(--space-2) var(--inset);
    border-block-end: var(--line);
  }
  .search {
    inline-size: var(--size-58);
  }
  ispvm-combobox,
  ispvm-multi-select,
  ispvm-select {
    inline-size: var(--size-38);
  }
  @media (max-width: 640px) {
    .search {
      inline-size: 100%;
    }
    .chips {
      flex-wrap: nowrap;
      overflow-x: auto;
      inline-size: 100%;
    }
  }
`
