/** Finds the broker's answer in what node-rdkafka throws and calls back with. */
import { refusedByCode, refusedByText } from '../librdkafka-errors.ts'

/** Refused for an error that stands for the broker's answer; errors of librdkafka's own, which have negative codes, as they are. */
export function refusal(error: unknown): unknown {
  const code = codeOf(error)
  if (code === undefined) return error
  if (code > 0) return refusedByCode(code, error)
  // Delivery reports have lost the code: they come with −1 and the text.
  return (code === -1 && error instanceof Error ? refusedByText(error.stack ?? '') : undefined) ?? error
}

/** librdkafka's number of an error: Kafka's where it is positive. Undefined for errors that aren't librdkafka's. */
export function codeOf(error: unknown): number | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'number' ? code : undefined
}

/** Turns a call with a callback into a promise that rejects with {@link refusal}. */
export function promised<T>(call: (done: (error: unknown, value: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => {
      if (error) reject(refusal(error))
      else resolve(value)
    })
  })
}
