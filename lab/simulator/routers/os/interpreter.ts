/**
 * The router's interpreter: created at each boot, because variables and jobs do not survive one.
 */
import { createScripts, type Scripts, type ScriptsOptions } from "../script/run.ts"
import type { Menus } from "../script/value.ts"
import type { Engine } from "./engine.ts"

type InterpreterOptions = {
  readonly now: () => number
  /** An error that ended a detached job. */
  readonly failed: (name: string, message: string) => void
  /** False: scripts without the policy `policy` see only globals that they set themselves. */
  readonly showsGlobals?: boolean
  /** How `:delay` waits; in real time, unless a test shortens it. */
  readonly sleep?: ScriptsOptions["sleep"]
}

export const interpreter = (
  menus: Menus,
  { now, failed, showsGlobals = true, sleep }: InterpreterOptions,
): Engine => {
  const make = (): Scripts =>
    createScripts({
      menus,
      clock: { now },
      showsGlobals,
      ...(sleep === undefined ? {} : { sleep }),
      onFailed: (job, error) => failed(job.name, error.message),
    })
  let scripts = make()
  const owners = new Set<string>()
  return {
    run: ({ source, runner, variables, name, signal }, print) => {
      owners.add(runner.owner)
      return scripts.run(source, runner, {
        args: variables,
        name,
        print,
        ...(signal === undefined ? {} : { signal }),
      })
    },
    jobs: () =>
      scripts
        .jobs()
        .map(({ id, name, owner, startedMs }) => ({ id, name, owner, startedAtMs: startedMs })),
    kill: (id) => scripts.kill(id),
    environment: () =>
      [...owners].flatMap((owner) =>
        [...scripts.globals(owner)].map(([name, value]) => ({ owner, name, value })),
      ),
    forget: (owner, name) => scripts.forget(owner, name),
    halt: () => {
      const old = scripts
      scripts = make()
      owners.clear()
      void old.stop()
    },
  }
}
