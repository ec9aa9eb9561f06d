/** A policy as a form. Spans of steps are minutes, as people think of them. */
import type { Channel, Policy, Schedule } from "@ispvm/appliance/api/notifications"
import { ApiError } from "../../api/problem.ts"
import { tagsOf, tagsText } from "../../state/typed-tags.ts"
import { newId } from "./new-id.ts"

export type StepForm = {
  readonly afterMin: string
  readonly channels: readonly string[]
  readonly schedules: readonly string[]
  readonly leastUnreachable: string
  /** Has no field until customers exist. */
  readonly leastCustomers: number
}
export type PolicyForm = {
  readonly id: string
  readonly name: string
  readonly isEnabled: boolean
  readonly leastSeverity: string
  readonly siteIds: readonly string[]
  readonly tags: string
  readonly about: string
  readonly leastUnreachable: string
  readonly leastCustomers: number
  readonly delayS: string
  readonly steps: readonly StepForm[]
  readonly isRepeated: boolean
  readonly everyMin: string
  readonly times: string
  readonly hasUpdates: boolean
  readonly isQuiet: boolean
  readonly from: string
  readonly to: string
  readonly days: readonly number[]
  readonly timeZone: string
  readonly exceptFrom: string
  readonly isLast: boolean
}

const MINUTE_S = 60
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6] as const
export const ownTimeZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone

export const BLANK_STEP: StepForm = {
  ...{ afterMin: "5", channels: [], schedules: [], leastUnreachable: "0", leastCustomers: 0 },
}
export const BLANK: PolicyForm = {
  ...{ id: "", name: "", isEnabled: true, leastSeverity: "major", siteIds: [], tags: "" },
  about: "all",
  ...{
    leastUnreachable: "0",
    leastCustomers: 0,
    delayS: "60",
    steps: [{ ...BLANK_STEP, afterMin: "0" }],
  },
  ...{ isRepeated: false, everyMin: "15", times: "4", hasUpdates: true },
  ...{ isQuiet: false, from: "22:00", to: "06:00", days: EVERY_DAY, timeZone: ownTimeZone() },
  ...{ exceptFrom: "critical", isLast: false },
}
export const blank = (): PolicyForm => ({ ...BLANK, id: newId() })

const minutes = (seconds: number): string => String(seconds / MINUTE_S)
const seconds = (text: string): number => Math.round(Number(text || "x") * MINUTE_S)
const whole = (text: string): number => Number(text || "x")

/** A channel or schedule that was removed is left out. */
export const filledWith = (
  policy: Policy,
  channels: readonly Pick<Channel, "id">[],
  schedules: readonly Pick<Schedule, "id">[],
): PolicyForm => {
  const { repeat, quietHours } = policy
  const isKnown = (id: string): boolean => channels.some((channel) => channel.id === id)
  const isSchedule = (id: string): boolean => schedules.some((schedule) => schedule.id === id)
  return {
    ...BLANK,
    ...{ id: policy.id, name: policy.name, isEnabled: policy.isEnabled, about: policy.about },
    ...{ leastSeverity: policy.leastSeverity, siteIds: policy.siteIds },
    tags: tagsText(policy.tags),
    leastUnreachable: String(policy.leastUnreachable),
    leastCustomers: policy.leastCustomers,
    delayS: String(policy.delayS),
    steps: policy.steps.map((step) => ({
      afterMin: minutes(step.afterS),
      channels: step.channels.filter(isKnown),
      schedules: step.schedules.filter(isSchedule),
      leastUnreachable: String(step.leastUnreachable),
      leastCustomers: step.leastCustomers,
    })),
    ...(repeat === null
      ? {}
      : { isRepeated: true, everyMin: minutes(repeat.everyS), times: String(repeat.times) }),
    ...(quietHours === null
      ? {}
      : { isQuiet: true, ...quietHours, exceptFrom: quietHours.exceptFrom ?? "" }),
    ...{ hasUpdates: policy.hasUpdates, isLast: policy.isLast },
  }
}

/** A choice as it is; the schema finds what it does not know. */
const asChoice = <T extends string>(text: string): T => text as T

export const bodyOf = (form: PolicyForm): Policy => ({
  ...{ id: form.id, name: form.name, isEnabled: form.isEnabled, siteIds: [...form.siteIds] },
  tags: tagsOf(form.tags),
  leastSeverity: asChoice<Policy["leastSeverity"]>(form.leastSeverity),
  about: asChoice<Policy["about"]>(form.about),
  leastUnreachable: whole(form.leastUnreachable),
  leastCustomers: form.leastCustomers,
  delayS: whole(form.delayS),
  steps: form.steps.map((step) => ({
    afterS: seconds(step.afterMin),
    channels: [...step.channels],
    schedules: [...step.schedules],
    leastUnreachable: whole(step.leastUnreachable),
    leastCustomers: step.leastCustomers,
  })),
  repeat: form.isRepeated ? { everyS: seconds(form.everyMin), times: whole(form.times) } : null,
  quietHours: form.isQuiet
    ? {
        ...{ from: form.from, to: form.to, timeZone: form.timeZone },
        days: [...form.days].sort((a, b) => a - b),
        exceptFrom:
          form.exceptFrom === "" ? null : asChoice<Policy["leastSeverity"]>(form.exceptFrom),
      }
    : null,
  ...{ hasUpdates: form.hasUpdates, isLast: form.isLast },
})

export const PATHS: Partial<Readonly<Record<keyof PolicyForm, string>>> = {
  everyMin: "repeat.everyS",
  times: "repeat.times",
  from: "quietHours.from",
  to: "quietHours.to",
  days: "quietHours.days",
  timeZone: "quietHours.timeZone",
  exceptFrom: "quietHours.exceptFrom",
}

/** Of all policies or schedules one is the form's: the paths of its fields begin at itself. */
export const sendOne = async <T>(
  list: "policies" | "schedules",
  index: number,
  request: Promise<T>,
): Promise<T> => {
  try {
    return await request
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const at = `${list}.${index}.`
    const fields = error.fields.map(({ path, message }) => ({
      path: path.startsWith(at) ? path.slice(at.length) : path,
      message,
    }))
    throw new ApiError(error.status, error.code, error.message, fields, { cause: error })
  }
}

/** One in place of itself, or a new one at the end. */
export const withPolicy = (
  policies: readonly Policy[],
  policy: Policy,
): { readonly policies: Policy[]; readonly index: number } => {
  const at = policies.findIndex(({ id }) => id === policy.id)
  return at < 0
    ? { policies: [...policies, policy], index: policies.length }
    : { policies: policies.with(at, policy), index: at }
}

/** By one place up or down; at an end nothing changes. */
export const moved = (policies: readonly Policy[], id: string, by: 1 | -1): Policy[] => {
  const at = policies.findIndex((each) => each.id === id)
  const [one, other] = [policies[at], policies[at + by]]
  if (one === undefined || other === undefined) return [...policies]
  return policies.with(at, other).with(at + by, one)
}
