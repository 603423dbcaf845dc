/** Within this of now a timestamp is shown as `NOW`, in ms. */
const nowWithinMs = 600_000

/** A time in ms: `NOW` if it is about now. */
export const timeText = (time: number): string => (Math.abs(time - Date.now()) < nowWithinMs ? 'NOW' : String(time))

/** Bytes as text if they are printable, else as hexadecimal digits; long ones are cut. */
export const bytesText = (bytes: Buffer): string => {
  const text = bytes.toString('latin1')
  const shown = /^[\x20-\x7e]*$/.test(text) ? `'${text}'` : `0x${bytes.toString('hex')}`
  return shown.length > 60 ? `${shown.slice(0, 40)}… (${bytes.length} bytes)` : shown
}
