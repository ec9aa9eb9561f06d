/** Whether the appliance is ready to be used, as `/readyz` answers. */
import type { Jobs } from "../platform/jobs/jobs.ts"

/** Reasons why the appliance is not ready; `started`: it has come up. */
export const createReadiness = (readiness: () => Promise<readonly string[]>, jobs: Jobs) => {
  let isStarted = false
  return {
    started: (): void => {
      isStarted = true
    },
    ready: async (): Promise<readonly string[]> => [
      ...(isStarted ? [] : ["the appliance is starting"]),
      ...(await readiness()),
      ...jobs.readiness(),
    ],
  }
}
