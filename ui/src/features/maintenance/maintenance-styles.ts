import { css } from "lit"

export const maintenanceStyles = css`
  .days {
    display: grid;
    grid-template-columns: repeat(7, minmax(0, 1fr));
    gap: var(--line-width);
    background: var(--surface-3);
  }
  .day {
    display: grid;
    gap: var(--space-1);
    align-content: start;
    min-block-size: var(--space-20);
    padding: var(--space-2);
    background: var(--surface-1);
  }
  .entry {
    display: block;
    padding: var(--space-0-5) var(--space-1-5);
    border: var(--line-width) dashed var(--status-maintenance);
    border-radius: var(--radius-small);
    font-size: var(--type-small);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2) var(--space-4);
    align-items: center;
    padding: var(--space-3) var(--space-4);
  }
  .grow {
    flex: 1;
    min-inline-size: min(100%, var(--size-80));
  }
  .chosen {
    box-shadow: inset var(--line-thick) 0 var(--status-maintenance);
  }
  @media (max-width: 760px) {
    .days {
      grid-template-columns: minmax(0, 1fr);
    }
    .day {
      min-block-size: 0;
    }
    .without {
      display: none;
    }
  }
`
