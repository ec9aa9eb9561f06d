/** Which alerts there are: those of the stored state, then those of the inventory. */
import type { AlertId } from "../../platform/ids.ts"
import { contextOf, type Evaluation, type Run, update } from "./evaluation.ts"
import type { AlertKind, CurrentState, Subject } from "./kinds/kind.ts"
import type { StoredAlert, Topology } from "./model.ts"
import { type Renamed, renamesOf } from "./renames.ts"
import { markRemoved, type State } from "./state-machine.ts"

/** A clock that was set back leaves times in the future; durations continue from now. */
const notAfter = (state: State, nowMs: number): State => ({
  ...state,
  sinceMs: Math.min(state.sinceMs, nowMs),
  goodSinceMs: state.goodSinceMs === null ? null : Math.min(state.goodSinceMs, nowMs),
  upAgainAtMs: state.upAgainAtMs === null ? null : Math.min(state.upAgainAtMs, nowMs),
})

const restoredState = (
  kind: AlertKind | undefined,
  row: StoredAlert,
  nowMs: number,
): CurrentState => {
  const state = notAfter(row.state, nowMs)
  const memory = kind?.memory?.safeParse(row.memory).data
  if (kind?.restore !== undefined) return kind.restore(state, memory, nowMs)
  // What was measured since the last transition and is delivered only now is new.
  const observedAtMs = Math.min(state.sinceMs, nowMs - 1)
  const created = kind?.create(nowMs)
  return { state, observedAtMs, answeredAtMs: null, memory: memory ?? created?.memory ?? null }
}

/** An alert of a kind that no longer exists stays until the inventory is applied. */
export const restoreAlerts = (
  evaluation: Evaluation,
  rows: readonly StoredAlert[],
  nowMs: number,
): void => {
  const { kinds, table, rules } = evaluation
  const ofRules = rules?.restore({ evaluation, nowMs, out: [] }, rows)
  const byId = new Map(kinds.map((kind) => [kind.id, kind]))
  for (const row of rows) {
    if (ofRules?.has(row.id) === true) continue
    const kind = byId.get(row.kind)
    table.put({ ...row, observes: kind?.observes ?? null, ...restoredState(kind, row, nowMs) })
  }
}

/** Two interfaces may have swapped their names: all leave before the first one comes back. */
const followRenames = ({ table, rules }: Evaluation, renamed: Renamed): void => {
  if (renamed.size === 0) return
  const moved = [...table.all()].filter(
    ({ kind, entity }) => renamed.has(entity) && rules?.isRule(kind) !== true,
  )
  for (const was of moved) table.forget(was)
  for (const was of moved) table.put({ ...was, ...renamed.get(was.entity) })
  rules?.rename(table, renamed)
}

/** Removes alerts whose subject is gone, and adds those of new subjects. */
export const applyTopology = (run: Run, next: Topology, newId: () => AlertId): void => {
  const { evaluation } = run
  const { kinds, table } = evaluation
  const before = evaluation.topology
  evaluation.topology = next
  followRenames(evaluation, renamesOf(before, next))
  const subjects = new Map(
    kinds.map((kind) => [
      kind.id,
      new Map([...kind.subjects(next)].map((subject) => [subject.entity, subject])),
    ]),
  )
  for (const was of [...table.all()]) {
    if (
      subjects.get(was.kind)?.has(was.entity) === true ||
      evaluation.rules?.isRule(was.kind) === true
    )
      continue
    update(run, was, { ...was, state: markRemoved(was.state, run.nowMs) })
    table.remove(was)
  }
  for (const kind of kinds) {
    for (const subject of subjects.get(kind.id)?.values() ?? [])
      ensureAlert(run, kind, subject, newId)
    if (kind.updateTopology === undefined) continue
    for (const was of table.ofKind(kind.id))
      update(run, was, kind.updateTopology(was, before, contextOf(run)))
  }
  evaluation.rules?.updateTopology(run)
}

const ensureAlert = (
  { evaluation: { table }, nowMs }: Run,
  kind: AlertKind,
  subject: Subject,
  newId: () => AlertId,
): void => {
  if (table.get(kind.id, subject.entity) !== undefined) return
  const id = table.removedId(kind.id, subject.entity) ?? newId()
  table.put({ id, kind: kind.id, observes: kind.observes, ...subject, ...kind.create(nowMs) })
}
