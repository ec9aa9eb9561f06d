import { css } from "lit"

/** Styles of input controls: fields, selects and search boxes. */
export const control = css`
  :host {
    display: grid;
    gap: var(--space-1);
    align-content: start;
  }
  .box {
    display: flex;
    align-items: stretch;
    position: relative;
  }
  input,
  textarea,
  select {
    flex: 1;
    min-inline-size: 0;
    inline-size: 100%;
    min-block-size: var(--control-height);
    padding: var(--space-1) var(--space-2-5);
    border: var(--line-control);
    border-radius: var(--radius);
    background: var(--surface-page);
    color: var(--text-strong);
    font: inherit;
  }
  textarea {
    resize: vertical;
    line-height: var(--leading-loose);
  }
  input:focus-visible,
  textarea:focus-visible,
  select:focus-visible {
    outline: var(--focus-ring);
    outline-offset: calc(-1 * var(--line-width));
    border-radius: var(--radius);
  }
  :host([error]:not([error=""])) :is(input, textarea, select) {
    border-color: var(--status-down);
  }
  .error {
    display: flex;
    gap: var(--space-1-5);
    color: var(--status-down-text);
    font-size: var(--type-small);
  }
`
