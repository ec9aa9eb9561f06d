import { css } from "lit"

/** Lines in the colour of a status: links on the map, and the legend that explains them. */
export const statusStrokes = css`
  :is(.casing, .legend line).degraded,
  .load.full {
    stroke: var(--status-degraded);
  }
  :is(.casing, .legend line).down {
    stroke: var(--status-down);
  }
  :is(.casing, .legend line).unreachable {
    stroke: var(--status-unreachable);
  }
  :is(.casing, .legend line).recovering {
    stroke: var(--status-recovering);
  }
  :is(.casing, .legend line).unknown {
    stroke: var(--status-unknown);
  }
  :is(.casing, .legend line).maintenance {
    stroke: var(--status-maintenance);
  }
`
