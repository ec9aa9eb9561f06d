/** The address of a router that nobody has to reach: an address is wanted of every one, and this one says that there is none. */
export const NO_ADDRESS = "0.0.0.0"
export const hasAddress = (address: string): boolean => address !== NO_ADDRESS && address !== "::"
