import { css } from "lit"

export const connectStyles = css`
  .page {
    block-size: 100%;
    grid-template: auto minmax(0, 1fr) / minmax(var(--size-90), var(--size-110)) minmax(0, 1fr);
    gap: var(--space-3) var(--space-4);
  }
  .top {
    grid-column: 1 / -1;
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 var(--space-3);
  }
  .top ispvm-button {
    align-self: center;
  }
  .panel {
    display: grid;
    grid-template-rows: auto minmax(0, 1fr) auto;
    min-block-size: 0;
    overflow: hidden;
  }
  .scroll {
    overflow-y: auto;
    scrollbar-width: thin;
    min-block-size: 0;
  }
  .choices {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--space-4);
    padding: var(--space-3) var(--inset) var(--space-4);
    align-content: start;
  }
  fieldset {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--space-1-5);
    min-inline-size: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend,
  .label {
    padding: 0;
    margin-block-end: var(--space-1-5);
    font-weight: var(--weight-medium);
    font-size: var(--type-small);
    color: var(--text-2);
  }
  .profiles {
    border: var(--line);
    border-radius: var(--radius);
    overflow: hidden;
  }
  .profile {
    display: grid;
    grid-template-columns: var(--space-4) minmax(0, 1fr);
    gap: var(--space-2);
    padding: var(--space-1-5) var(--space-3);
    cursor: pointer;
    font-size: var(--type-small);
    color: var(--text-3);
  }
  .profile.chosen {
    background: var(--surface-3);
    color: var(--text-2);
  }
  .profile strong, .toggle strong, .snmp strong {
    font-size: var(--type-base);
    font-weight: var(--weight-strong);
    color: var(--text-strong);
    margin-inline-end: var(--space-1);
  }
  input[type="radio"],
  input[type="checkbox"] {
    margin: var(--space-0-5) 0 0;
    inline-size: var(--space-4);
    block-size: var(--space-4);
    accent-color: var(--focus);
    flex: none;
  }
  .toggle {
    display: grid;
    grid-template-columns: var(--space-4) minmax(0, 1fr);
    gap: var(--space-2);
    cursor: pointer;
    font-size: var(--type-small);
    color: var(--text-3);
  }
  .snmp {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-1) var(--space-4);
    align-items: center;
    padding-block-start: var(--space-0-5);
  }
  .snmp label {
    display: inline-flex;
    gap: var(--space-1-5);
    align-items: center;
    cursor: pointer;
    font-size: var(--type-small);
  }
  .snmp label input {
    margin: 0;
  }
  .two {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: var(--space-3);
    align-items: start;
  }
  .stack {
    display: grid;
    gap: var(--space-3);
    padding-block-start: var(--space-2);
  }
  .choices details summary {
    cursor: pointer;
    font-weight: var(--weight-medium);
    font-size: var(--type-small);
    color: var(--text-2);
  }
  .choices summary .muted {
    margin-inline-start: var(--space-2);
    font-weight: var(--weight-normal);
    font-family: var(--font-mono);
    overflow-wrap: anywhere;
  }
  .warn,
  .form-error,
  .shown {
    padding: var(--space-2) var(--space-3);
    border-radius: var(--radius);
  }
  .warn {
    background: var(--warn-tint);
    color: var(--text);
    font-size: var(--type-small);
  }
  .form-error {
    background: var(--fault-tint);
    color: var(--status-down-text);
  }
  .heading {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 var(--space-2);
    min-inline-size: 0;
  }
  .tools {
    display: flex;
    gap: var(--space-1);
    align-items: center;
  }
  .notices:not(:empty) {
    display: grid;
    gap: var(--space-1);
    padding: var(--space-3) var(--inset);
    border-block-end: var(--line);
  }
  .notice {
    display: grid;
    grid-template-columns: var(--space-4) minmax(0, 1fr);
    gap: var(--space-2);
  }
  .notice ispvm-icon {
    margin-block-start: var(--line-width);
  }
  .more summary {
    margin-inline-start: calc(var(--space-4) + var(--space-2));
    inline-size: fit-content;
    cursor: pointer;
    color: var(--text-2);
    font-size: var(--type-small);
  }
  .more .notice {
    padding-block-start: var(--space-1);
  }
  .foot {
    display: grid;
    gap: var(--space-3);
    padding: var(--space-3) var(--inset);
    border-block-start: var(--line);
    max-block-size: 52vh;
    overflow-y: auto;
  }
  .next {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2) var(--space-3);
    align-items: center;
    color: var(--text-2);
  }
  ispvm-empty.alone,
  ispvm-failed.alone {
    align-self: start;
  }
  .lonely {
    padding: var(--space-6) var(--space-4);
    color: var(--text-2);
    text-align: center;
  }
  @media (max-width: 1000px) {
    :host {
      block-size: auto;
    }
    .page {
      block-size: auto;
      grid-template: auto / minmax(0, 1fr);
    }
    .panel,
    .scroll,
    .foot {
      overflow: visible;
      max-block-size: none;
    }
  }
  @media (max-width: 640px) {
    .profile,
    .toggle {
      padding-block: var(--space-2);
    }
    .script > header {
      flex-wrap: wrap;
      padding-block: var(--space-2);
    }
    .panel.script > header > .tools {
      margin-inline: calc(-1 * var(--space-3)) auto;
    }
  }
`
