import { css } from "lit"

/** Besides those of the Settings page. */
export const apiTokenStyles = css`
  li {
    grid-template-columns: minmax(0, 1fr) auto;
  }
  .form {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: var(--space-3);
    padding: var(--space-3);
    border: var(--line);
    border-radius: var(--radius);
  }
  fieldset {
    border: 0;
    padding: 0;
    margin: 0;
    display: grid;
    gap: var(--space-2);
  }
  .permissions {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: var(--space-2) var(--space-3);
  }
  input[type="checkbox"] {
    margin: var(--space-0-5) 0 0;
    block-size: var(--space-4);
    accent-color: var(--focus);
  }
  @media (max-width: 640px) {
    .form,
    .permissions {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`
