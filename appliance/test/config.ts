/** The environment of the appliance's tests. No other test reads it. */
export const searchPath = (): string => process.env.PATH ?? ""
