import { css } from "lit"
import { containerHost } from "./hosts.ts"

/**
 * Two parts beside each other with a line between them; one under the other where the element is
 * narrow.
 */
export const split = [
  containerHost,
  css`
    .split {
      display: grid;
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    @container (max-width: 620px) {
      .split {
        grid-template-columns: minmax(0, 1fr);
      }
      .split > * + * {
        border-inline-start: 0;
        border-block-start: var(--line);
      }
    }
  `,
]
