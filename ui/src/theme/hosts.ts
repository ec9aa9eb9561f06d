/**
 * How an element itself is laid out in the place it is put. An element takes one of these, or a
 * `:host` of its own.
 */
import { css } from "lit"

/** What it holds stands one under the other. */
export const stackHost = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--space-3);
  }
`

/** As high as its place, of which one child takes what is left (`fill`). */
export const columnHost = css`
  :host {
    display: flex;
    flex-direction: column;
    block-size: 100%;
  }
`

export const fullHost = css`
  :host {
    block-size: 100%;
  }
`

/** Only what it holds is laid out. */
export const contentsHost = css`
  :host {
    display: contents;
  }
`

/** What it holds follows the width of the element instead of the window's. */
export const containerHost = css`
  :host {
    container-type: inline-size;
  }
`

/** A message in the middle of an empty place. */
export const noticeHost = css`
  :host {
    display: grid;
    justify-items: center;
    gap: var(--space-2);
    padding: var(--space-12) var(--space-6);
    text-align: center;
  }
  h1 {
    font-size: var(--type-base);
  }
`
