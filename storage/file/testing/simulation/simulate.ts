/**
 * `npm run simulate`: runs simulations from a seed on, until one fails or all steps are done.
 *
 *     npm run simulate -- --seed 17              that one run
 *     npm run simulate -- --seed 1 --runs 5000   so many, with that seed and the next ones
 */
import { parseArgs } from 'node:util'
import { kindOf, Simulation } from './simulation.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '1' },
    steps: { type: 'string', default: '1000' },
  },
})
const [first, runs, steps] = [Number(values.seed), Number(values.runs), Number(values.steps)]
if (![first, runs, steps].every(Number.isSafeInteger)) throw new RangeError('--seed, --runs and --steps are integers')

for (let seed = first; seed < first + runs; seed++) {
  try {
    const { kills, powerLosses, stops, appended } = await new Simulation({ seed, steps }).run()
    console.log(
      `seed ${seed} (${kindOf(seed)}): ${steps} steps, ${kills} kills, ${powerLosses} losses of power, ${stops} stops, ${appended} things made`,
    )
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
    break
  }
}
