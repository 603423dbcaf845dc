import { readFileSync } from 'node:fs'

/** The version in this package's package.json. */
export const packageVersion = (): string => {
  const text = readFileSync(new URL(import.meta.resolve('samsa/package.json')), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
