/** The address of a router that nobody has to reach: an address is wanted of every one, and this one says that there is none. */
export const NO_ADDRESS = "0.0.0.0"
/** As it is typed and read: nothing where there is none. */
export const shownAddress = (address: string): string => (hasAddress(address) ? address : "")
export const hasAddress = (address: string): boolean => address !== NO_ADDRESS && address !== "::"
