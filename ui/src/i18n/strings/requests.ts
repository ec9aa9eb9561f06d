/** Requests that got no answer, or none that says why. */
export const requests = {
  timeout: (seconds: number) => `The appliance did not answer within ${seconds} s.`,
  unreachable:
    "The appliance cannot be reached. Check that it runs and that this machine is online.",
  withoutReason: (status: number) => `The appliance answered ${status} without saying why.`,
  answered: (status: number) => `The appliance answered ${status}.`,
} as const
