import { css } from "lit"

/** Lines in the colour of a status: the legend of map and graph. */
export const statusStrokes = css`
  .legend line.degraded {
    stroke: var(--status-degraded);
  }
  .legend line.down {
    stroke: var(--status-down);
  }
  .legend line.unreachable {
    stroke: var(--status-unreachable);
  }
  .legend line.recovering {
    stroke: var(--status-recovering);
  }
  .legend line.unknown {
    stroke: var(--status-unknown);
  }
  .legend line.maintenance {
    stroke: var(--status-maintenance);
  }
`
