/** Made by make.ts; shape.ts tells how it is read. */
export const ROWS = `
/user/settings
export
edit~ -number
get~ -number
print: as-value comments[7.22.1-] file interval without-paging
reset[7.22.1-]: minimum-categories minimum-password-length
set: minimum-categories minimum-password-length

/user/ssh-keys
find get print remove
add: comment copy-from key user
import: info[7.22.1-] key-owner[7.12.2-7.20.8] public-key-file user
reset[-7.18.2]^
outside private
`
