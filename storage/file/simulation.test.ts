import test, { type ExecutionContext } from 'ava'
import { type Kind, kindOf, KINDS, Simulation } from './testing/simulation/simulation.ts'

/** All runs together are 100,000 steps. */
const RUNS_OF_A_KIND = 25
const STEPS = 1000

/** Another one gives other runs; a run's own seed, which a failure tells, gives that one to `npm run simulate`. */
const base = Number(process.env.SAMSA_SEED ?? 1)

const run = async (t: ExecutionContext, kind: Kind): Promise<void> => {
  t.timeout(10 * 60_000)
  const first = base * KINDS * RUNS_OF_A_KIND
  let deaths = 0
  for (let seed = first; seed < first + KINDS * RUNS_OF_A_KIND; seed++) {
    if (kindOf(seed) !== kind) continue
    const { kills, powerLosses } = await new Simulation({ seed, steps: STEPS }).run()
    deaths += kills + powerLosses
  }
  t.log(`SAMSA_SEED=${base}: ${deaths} deaths`)
  t.true(deaths > RUNS_OF_A_KIND)
}

test.serial('what was acknowledged survives kills, full disks and bad ones', run, 'os, kills')
test.serial('what was synced survives losses of power, and what they take is told', run, 'os, power')
test.serial('with a journal what was acknowledged survives kills, full disks and bad ones', run, 'fsync, kills')
test.serial('with a journal what was acknowledged survives losses of power', run, 'fsync, power')

test('a simulation is the same whenever it is run', async t => {
  const results = [1, 2].map(() => new Simulation({ seed: 7, steps: 200 }).run())
  t.deepEqual(await results[0], await results[1])
})
