import { css } from "lit"

/** Styles of the login and set-up pages: one card in the middle. */
export const loginCard = css`
  :host {
    display: grid;
    place-items: center;
    min-block-size: 100%;
    padding: var(--space-6) var(--space-4);
  }
  .card {
    inline-size: min(var(--size-110), 100%);
    display: grid;
    gap: var(--space-6);
  }
  .product {
    display: flex;
    align-items: center;
    gap: var(--space-3);
    color: var(--text-2);
    font-weight: var(--weight-medium);
  }
  .product img {
    border-radius: var(--radius-large);
    box-shadow: var(--shadow-line);
  }
  form {
    display: grid;
    gap: var(--space-4);
    padding: var(--space-6);
    background: var(--surface-1);
    border: var(--line);
    border-radius: calc(var(--radius) * 1.5);
  }
  form > ispvm-button {
    display: block;
    --control-height: var(--space-9);
  }
`
