/** Bytes beyond this are told by their beginning, length and hash. */
const LONG = 100

/** A key or value as java/src's Inventory tells it. */
export function toldText(text: string | null): string | null {
  if (text === null) return null
  const bytes = Buffer.from(text)
  if (bytes.length <= LONG) return text
  let hash = 1
  for (const byte of bytes) hash = (Math.imul(31, hash) + ((byte << 24) >> 24)) | 0
  return `${bytes.toString('utf8', 0, LONG / 2)}... ${bytes.length} bytes, hash ${hash}`
}
