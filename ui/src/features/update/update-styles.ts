import { css } from "lit"

/** Besides those of facts. */
export const updateStyles = css`
  .release {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-1) var(--space-3);
    align-items: center;
  }
  .steps {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2) var(--space-4);
  }
  .steps li {
    display: inline-flex;
    align-items: center;
    gap: var(--space-1);
  }
  .running {
    display: grid;
    gap: var(--space-2);
    padding: var(--space-3) var(--space-4);
    border: var(--line);
    border-radius: var(--radius);
  }
`
