import { css } from "lit"

/** The pages before the door: one card in the middle of a quiet room. */
export const loginCard = css`
  :host {
    display: grid;
    place-items: center;
    min-block-size: 100%;
    padding: var(--space-6) var(--space-4);
  }
  .card {
    inline-size: min(400px, 100%);
    display: grid;
    gap: var(--space-6);
  }
  .product {
    display: flex;
    align-items: center;
    gap: var(--space-3);
    color: var(--text-2);
    font-weight: 500;
  }
  .product img {
    border-radius: 8px;
    box-shadow: 0 0 0 1px var(--border);
  }
  form {
    display: grid;
    gap: var(--space-4);
    padding: var(--space-6);
    background: var(--surface-1);
    border: 1px solid var(--border);
    border-radius: calc(var(--radius) * 1.5);
  }
  .lead {
    color: var(--text-2);
    margin-block-start: calc(-1 * var(--space-2));
  }
  .form-error {
    padding: var(--space-2) var(--space-3);
    border-radius: var(--radius);
    background: var(--fault-tint);
    color: var(--status-down-text);
  }
  form > ispvm-button {
    display: block;
    --control-height: 36px;
  }
`
