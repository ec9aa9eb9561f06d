/**
 * The placeholder address of a router without one: every device needs an address, and this one
 * means none.
 */
export const NO_ADDRESS = "0.0.0.0"
/** As it is typed and read: nothing where there is none. */
export const shownAddress = (address: string): string => (hasAddress(address) ? address : "")
export const hasAddress = (address: string): boolean => address !== NO_ADDRESS && address !== "::"
