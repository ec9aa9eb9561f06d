/** The text of a rule file in an editor with colours, completion, and problems at their place. */
import {
  acceptCompletion,
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
} from "@codemirror/autocomplete"
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands"
import { yaml } from "@codemirror/lang-yaml"
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language"
import { lintGutter, setDiagnostics } from "@codemirror/lint"
import { EditorState } from "@codemirror/state"
import { EditorView, keymap, lineNumbers } from "@codemirror/view"
import type { RuleProblem, RuleVocabulary } from "@ispvm/appliance/api/alert-rule-answers"
import { tags } from "@lezer/highlight"
import { completionAt } from "./rule-completion.ts"

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--link)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--text)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--text-3)" },
  {
    tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace],
    color: "var(--text-3)",
  },
])
const popup = {
  backgroundColor: "var(--surface-2)",
  color: "var(--text)",
  border: "var(--line-strong)",
  borderRadius: "var(--radius-small)",
}
const appearance = EditorView.theme({
  "&": { color: "var(--text)", fontSize: "var(--type-small)" },
  "&.cm-focused": { outline: "var(--focus-ring)" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "var(--space-5)" },
  ".cm-content": { caretColor: "var(--text)", minBlockSize: "var(--size-58)" },
  ".cm-gutters": { background: "none", color: "var(--text-3)", border: "0" },
  ".cm-tooltip": popup,
  ".cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--font-mono)",
    maxBlockSize: "var(--size-58)",
  },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
    background: "var(--selection)",
    color: "var(--text)",
  },
  ".cm-completionDetail": { color: "var(--text-2)", fontStyle: "normal" },
  ".cm-completionInfo": { ...popup, maxInlineSize: "var(--size-58)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
})

const completionsOf =
  (vocabulary: () => RuleVocabulary | null) =>
  (context: CompletionContext): CompletionResult | null => {
    const known = vocabulary()
    if (known === null) return null
    const found = completionAt(context.state.sliceDoc(0, context.pos), known)
    if (found === null || (!context.explicit && found.from === context.pos)) return null
    return {
      from: found.from,
      validFor: /^[\p{L}\d_./°%-]*$/u,
      options: found.choices.map(({ text, detail, info, isKey }) => ({
        label: text,
        detail,
        ...(info === "" ? {} : { info }),
        apply: isKey ? `${text}: ` : text,
      })),
    }
  }

/** Of a line and column, counted from one; the end of the text if there is no such place. */
const positionOf = ({ doc }: EditorState, line: number, column: number): number => {
  if (line > doc.lines) return doc.length
  const { from, to } = doc.line(line)
  return Math.min(from + column - 1, to)
}

export type RuleCodeOptions = {
  readonly parent: HTMLElement
  readonly root: ShadowRoot
  readonly label: string
  readonly isReadOnly: boolean
  /** Texts that the editor itself speaks. */
  readonly phrases: Readonly<Record<string, string>>
  readonly vocabulary: () => RuleVocabulary | null
  readonly onChange: (text: string) => void
}
export type RuleCode = {
  /** Another text replaces what is typed. */
  readonly setText: (text: string) => void
  readonly setProblems: (problems: readonly { at: RuleProblem; text: string }[]) => void
  /** Selects the rest of the line from there. */
  readonly goTo: (line: number, column: number) => void
  readonly close: () => void
}

export const createRuleCode = (options: RuleCodeOptions): RuleCode => {
  const { parent, root, label, isReadOnly, phrases, vocabulary, onChange } = options
  const view = new EditorView({
    parent,
    root,
    extensions: [
      lineNumbers(),
      history(),
      yaml(),
      lintGutter(),
      syntaxHighlighting(colours),
      appearance,
      autocompletion({ override: [completionsOf(vocabulary)], icons: false }),
      keymap.of([
        { key: "Tab", run: acceptCompletion },
        ...completionKeymap,
        ...defaultKeymap,
        ...historyKeymap,
      ]),
      EditorState.phrases.of(phrases),
      EditorState.readOnly.of(isReadOnly),
      EditorState.tabSize.of(2),
      EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange(update.state.doc.toString())
      }),
    ],
  })
  return {
    setText: (text) => {
      if (text === view.state.doc.toString()) return
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } })
    },
    setProblems: (problems) => {
      const { state } = view
      const found = problems.map(({ at, text }) => {
        const from = positionOf(state, at.line, at.column)
        const rest = state.sliceDoc(from, state.doc.lineAt(from).to)
        const word = /^[^\s,}\]]+/.exec(rest)?.[0] ?? rest
        return { from, to: from + word.length, severity: "error" as const, message: text }
      })
      view.dispatch(
        setDiagnostics(
          state,
          found.toSorted((one, other) => one.from - other.from),
        ),
      )
    },
    goTo: (line, column) => {
      const anchor = positionOf(view.state, line, column)
      view.dispatch({
        selection: { anchor, head: view.state.doc.lineAt(anchor).to },
        scrollIntoView: true,
      })
      view.focus()
    },
    close: () => view.destroy(),
  }
}
