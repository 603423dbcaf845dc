/**
 * The suite that every engine passes: each sentence of the contract in `engine.ts` as a test. An engine runs it with three lines:
 *
 *     import test from 'ava'
 *     import { conformance } from '../conformance.ts'
 *     conformance(test, 'mine', () => ({ engine: createMyEngine() }))
 */
import type { ExecutionContext, TestFn } from 'ava'
import { appends } from './conformance/appends.ts'
import { checkpoints } from './conformance/checkpoints.ts'
import { leases } from './conformance/leases.ts'
import { lifecycle } from './conformance/lifecycle.ts'
import { reads } from './conformance/reads.ts'
import { reopening } from './conformance/reopening.ts'
import { rewrites } from './conformance/rewrites.ts'
import { segments } from './conformance/segments.ts'
import type { Subject, Suite } from './conformance/suite.ts'

/**
 * Declares the suite's tests.
 * @param test ava's.
 * @param name begins each title.
 * @param create a new engine over storage of its own, not yet opened; called once a test. What it sets up is taken down by `t.teardown`.
 */
export const conformance = (
  test: TestFn,
  name: string,
  create: (t: ExecutionContext) => Subject | Promise<Subject>,
): void => {
  const suite: Suite = (title, body) => {
    test(`${name}: ${title}`, async t => {
      const subject = await create(t)
      await subject.engine.open()
      try {
        await body(t, subject.engine, subject)
      } finally {
        await subject.engine.close()
      }
    })
  }
  for (const declare of [appends, reads, segments, rewrites, checkpoints, lifecycle, reopening, leases]) declare(suite)
}
