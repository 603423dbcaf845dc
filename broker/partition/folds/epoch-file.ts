/**
 * Kafka's file of leader epochs (`leader-epoch-checkpoint`): a version line, a count, then `epoch startOffset` a line.
 */
import type { EpochStart } from './epoch-starts.ts'

const VERSION = 0

/** The bytes of the file. */
export const encodeEpochFile = (starts: readonly EpochStart[]): Buffer =>
  Buffer.from(
    `${VERSION}\n${starts.length}\n${starts.map(({ epoch, startOffset }) => `${epoch} ${startOffset}\n`).join('')}`,
  )

/** Reads the file; null if it is cut, of another version, or out of order (the log is then read instead). */
export const decodeEpochFile = (file: Buffer): readonly EpochStart[] | null => {
  const lines = file.toString('latin1').split('\n')
  const count = Number(lines[1])
  if (lines[0] !== String(VERSION) || !Number.isSafeInteger(count) || count < 0 || lines.length < count + 2) return null
  const starts: EpochStart[] = []
  for (const line of lines.slice(2, count + 2)) {
    const match = /^(\d+) (\d+)$/.exec(line)
    if (match === null) return null
    const start = { epoch: Number(match[1]), startOffset: Number(match[2]) }
    const before = starts.at(-1)
    if (before !== undefined && (before.epoch >= start.epoch || before.startOffset > start.startOffset)) return null
    starts.push(start)
  }
  return starts
}
