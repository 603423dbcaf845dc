import { allOutcomes, type Engine, type LogId } from '../../storage/engine.ts'
import type { ShardLog } from './shard-log.ts'

/** A bare log of the engine (`state/cluster`) as a Shard's log. The log must exist when it is used. */
export const engineShardLog = (engine: Engine, id: LogId): ShardLog => {
  const log = engine.log(id)
  return {
    bounds: () => log.bounds(),
    read: (from, options) => log.read(from, options),
    append: async (batches, expectedEnd) => {
      const [appended] = await allOutcomes(engine.append([{ log, batches, expectedEnd }]))
      return appended!
    },
  }
}
