import { Produce } from '../../../protocol/messages/index.ts'
import { buildBatch, type NewBatch } from '../../../protocol/records/build.ts'
import type { ResponseRead } from '../../../protocol/schema/notation.ts'
import type { Talk } from '../talk.ts'

/** When the records of exchanges were made, in ms: long ago, so topics that hold them need `retention.ms=-1`. */
export const thenMs = 1_600_000_000_000

/** Keeps records of `thenMs`. */
export const keep = { 'retention.ms': '-1' }

/** A batch of records with these values, `k0`, `k1` … for keys, a ms apart from `thenMs` on. */
export const batchOf = (...values: readonly (string | null)[]): Buffer => batchWith({}, ...values)

/** `batchOf` with a header of its own. */
export const batchWith = (header: Omit<NewBatch, 'records'>, ...values: readonly (string | null)[]): Buffer =>
  buildBatch({
    ...header,
    records: values.map((value, index) => ({
      timestamp: thenMs + index,
      key: Buffer.from(`k${index}`),
      value: value === null ? null : Buffer.from(value),
    })),
  })

/** Appends batches, each by a request of its own; fails with an Error if one is refused. */
export const produceTo = async (
  talk: Talk,
  name: string,
  batches: readonly Buffer[],
  index = 0,
): Promise<ResponseRead<typeof Produce> | null> => {
  let answer: ResponseRead<typeof Produce> | null = null
  for (const batch of batches) {
    answer = await talk.quietly(Produce, 11, {
      acks: -1,
      timeoutMs: 10_000,
      topicData: [{ name, partitionData: [{ index, records: [batch] }] }],
    })
    const refused = answer.responses[0]?.partitionResponses[0]
    if (refused?.errorCode !== 0) throw new Error(`refused: ${refused?.errorCode} ${refused?.errorMessage}`)
  }
  return answer
}
