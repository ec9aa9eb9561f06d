import { css } from "lit"

/** A section of the Settings page that begins with facts, and what runs there. */
export const factsStyles = css`
  :host {
    display: grid;
    gap: var(--space-3);
  }
  dl {
    display: grid;
    grid-template-columns: var(--size-48) minmax(0, 1fr);
    gap: var(--space-2) var(--space-4);
    align-items: center;
  }
  progress {
    inline-size: 100%;
    accent-color: var(--accent);
  }
  @media (max-width: 640px) {
    dl {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`
