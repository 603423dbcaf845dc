import { createRequire } from 'node:module'
import { type Logger, pino } from 'pino'

/** A logger to standard error: lines for people on a terminal, JSON (pino's) elsewhere. */
export const createLogger = (level: string): Logger => {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  if (!process.stderr.isTTY) return pino(options, pino.destination(2))
  // Only a terminal needs it, and loading it costs start-up time.
  const pretty = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty')
  return pino(options, pretty({ destination: 2, sync: true, colorize: true, ignore: 'pid,hostname' }))
}
