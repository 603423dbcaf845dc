/** Finds the broker's answer in what kafkajs throws. */
import { Refused } from '../driver.ts'

/** The parts of kafkajs's errors that lead to the broker's: `type` is Kafka's name of it, the others hold the error that was wrapped. */
interface KafkajsError {
  readonly type?: string
  readonly cause?: KafkajsError
  readonly originalError?: KafkajsError
  readonly error?: KafkajsError
  readonly errors?: readonly KafkajsError[]
  readonly groups?: readonly KafkajsError[]
  readonly partitions?: readonly KafkajsError[]
}

/** Resolves with `call`'s value; rejects with {@link Refused} where the broker answered with an error, else with what kafkajs threw. */
export async function asRefused<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    throw refusal(error)
  }
}

/** {@link Refused} for a kafkajs error that stands for the broker's answer; any other error as it is. */
export function refusal(error: unknown): unknown {
  const code = codeOf(error as KafkajsError)
  return code === undefined ? error : new Refused(code, error)
}

function codeOf(error: KafkajsError | undefined): string | undefined {
  if (error === undefined || error === null) return undefined
  if (typeof error.type === 'string') return error.type
  const { cause, originalError, error: wrapped, errors = [], groups = [], partitions = [] } = error
  for (const inner of [cause, originalError, wrapped, ...errors, ...groups, ...partitions]) {
    const code = codeOf(inner)
    if (code !== undefined) return code
  }
  return undefined
}
