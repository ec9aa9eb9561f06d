import { css } from "lit"

/** The look of what is typed or chosen in: shared by fields, selects and search boxes. */
export const control = css`
  :host {
    display: grid;
    gap: var(--space-1);
    align-content: start;
  }
  label,
  .label {
    font-weight: 500;
    font-size: var(--type-small);
    color: var(--text-2);
  }
  .optional {
    color: var(--text-3);
    font-weight: 400;
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
    padding: 4px 10px;
    border: 1px solid var(--border-control);
    border-radius: var(--radius);
    background: var(--surface-page);
    color: var(--text-strong);
    font: inherit;
  }
  textarea {
    resize: vertical;
    line-height: 1.5;
  }
  input::placeholder,
  textarea::placeholder {
    color: var(--text-3);
    opacity: 1;
  }
  input:focus-visible,
  textarea:focus-visible,
  select:focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: -1px;
    border-radius: var(--radius);
  }
  input:disabled,
  select:disabled {
    opacity: 0.55;
  }
  :host([error]:not([error=""])) :is(input, textarea, select) {
    border-color: var(--status-down);
  }
  .hint {
    color: var(--text-3);
    font-size: var(--type-small);
  }
  .error {
    display: flex;
    gap: 5px;
    color: var(--status-down-text);
    font-size: var(--type-small);
  }
`
