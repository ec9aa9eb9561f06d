import { css } from "lit"

/** Forms, rows and choices of the Notifications page. */
export const notificationsStyles = css`
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: var(--space-2) var(--space-4);
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: var(--space-2) var(--space-4);
  }
  form {
    display: grid;
    gap: var(--space-4);
    padding: var(--space-4);
    border: var(--line-strong);
    border-radius: var(--radius);
    background: var(--surface-1);
  }
  legend {
    padding: 0 0 var(--space-2);
    color: var(--text-strong);
    font-weight: var(--weight-strong);
  }
  /* Their lists are as wide as they are: names are long. */
  form ispvm-multi-select,
  form ispvm-combobox {
    --vaadin-multi-select-combo-box-overlay-width: initial;
    --vaadin-combo-box-overlay-width: initial;
  }
  fieldset {
    border: 0;
    padding: 0;
    margin: 0;
    min-inline-size: 0;
    display: grid;
    gap: var(--space-3);
  }
  .fields {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: var(--space-3) var(--space-4);
    align-items: start;
  }
  /* Fields of one thing of a list, and a button to remove it. */
  .line-form {
    display: grid;
    grid-template-columns: var(--columns) var(--space-10);
    gap: var(--space-3);
    align-items: start;
  }
  .line-form ispvm-button {
    margin-block-start: var(--space-5);
  }
  input[type="checkbox"] {
    margin: var(--space-0-5) 0 0;
    block-size: var(--space-4);
    inline-size: var(--space-4);
    accent-color: var(--focus);
  }
  @media (max-width: 640px) {
    .bar > * {
      flex: 1 0 100%;
    }
    .fields {
      grid-template-columns: minmax(0, 1fr);
    }
    .line-form {
      grid-template-columns: minmax(0, 1fr) var(--space-10);
    }
    .line-form > :not(:nth-last-child(-n + 2)) {
      grid-column: 1 / -1;
    }
  }
`
