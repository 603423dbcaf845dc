import { KafkaError } from '../../protocol/errors.ts'

/**
 * Runs `ok` on all items together; a KafkaError becomes that item's result through `failed`, anything else is a bug and
 * fails the request. Results are in the items' order.
 */
export const each = <I, O>(
  items: readonly I[],
  ok: (item: I) => O | Promise<O>,
  failed: (item: I, error: KafkaError) => NoInfer<O>,
): Promise<O[]> =>
  Promise.all(
    items.map(async item => {
      try {
        return await ok(item)
      } catch (error) {
        if (error instanceof KafkaError) return failed(item, error)
        throw error
      }
    }),
  )
