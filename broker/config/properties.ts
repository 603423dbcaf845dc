/**
 * Java's properties format, which server.properties is written in.
 */

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

const unescaped = (text: string): string =>
  text.replace(/\\(u[0-9a-fA-F]{4}|[\s\S]|$)/g, (_, escaped: string) =>
    escaped.length === 5 ? String.fromCharCode(Number.parseInt(escaped.slice(1), 16)) : (escapes[escaped] ?? escaped),
  )

/** Lines with their continuations (an odd number of backslashes at the end) joined; no comments, no blank lines. */
const logicalLines = (text: string): string[] => {
  const lines: string[] = []
  let open: string | null = null
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const line = natural.replace(/^[ \t\f]+/, '')
    if (open === null && (line === '' || line.startsWith('#') || line.startsWith('!'))) continue
    const backslashes = /\\*$/.exec(line)?.[0].length ?? 0
    const joined: string = (open ?? '') + (backslashes % 2 === 1 ? line.slice(0, -1) : line)
    open = backslashes % 2 === 1 ? joined : null
    if (open === null) lines.push(joined)
  }
  if (open !== null) lines.push(open)
  return lines
}

/** The keys and values of a properties file; the last of a key counts. Never fails: any text is a properties file. */
export const parseProperties = (text: string): Map<string, string> => {
  const properties = new Map<string, string>()
  for (const line of logicalLines(text)) {
    const key = /^(?:\\[\s\S]|[^\\=: \t\f])*/.exec(line)?.[0] ?? ''
    const value = line.slice(key.length).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '')
    properties.set(unescaped(key), unescaped(value))
  }
  return properties
}
