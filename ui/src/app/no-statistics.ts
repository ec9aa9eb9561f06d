/** Stands in for the router package's usage reporting: nothing is gathered and nothing is sent. */
export const usageStatistics = (): void => undefined
