import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Theme } from './exchange.ts'
import { type Played, readTranscript, writeTranscript } from './transcript.ts'

/** `broker/observed/answers` in the sources: the compiler's output, from which tests run, has no data files. */
const folder = (): string => {
  let root = import.meta.dirname
  while (!existsSync(join(root, 'package.json'))) root = dirname(root)
  return join(root, 'broker', 'observed', 'answers')
}

/** What Kafka answered to a theme's exchanges; nothing before it was recorded. */
export const recordedAnswers = (theme: Theme): readonly Played[] => {
  const file = join(folder(), `${theme.name}.txt`)
  return existsSync(file) ? readTranscript(readFileSync(file, 'utf8')) : []
}

/** Writes what Kafka answered over what was there. */
export const saveAnswers = (theme: Theme, played: readonly Played[]): void =>
  writeFileSync(join(folder(), `${theme.name}.txt`), writeTranscript(`Kafka ${theme.release}`, played))
