/**
 * Stands in for the usage reporting of the component library: nothing is gathered and nothing is
 * sent.
 */
export const usageStatistics = (): void => undefined
