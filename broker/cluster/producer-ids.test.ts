import test from 'ava'
import { KafkaError } from '../../protocol/errors.ts'
import { ProducerIds } from './producer-ids.ts'

const blocks = (size: number) => {
  let first = 0
  let asked = 0
  return {
    get asked() {
      return asked
    },
    async allocateProducerIds() {
      asked++
      const block = { first, count: size }
      first += size
      return block
    },
  }
}

test('ids are given out one after the other, and at once while a block lasts', async t => {
  const source = blocks(3)
  const ids = new ProducerIds(source)
  t.is(await ids.next(), 0)
  t.is(ids.next(), 1)
  t.is(ids.next(), 2)
  t.is(await ids.next(), 3)
  t.is(source.asked, 2)
})

test('many who ask at the same time get different ids from as few blocks as needed', async t => {
  const source = blocks(10)
  const ids = new ProducerIds(source)
  const given = await Promise.all(Array.from({ length: 25 }, () => ids.next()))
  t.is(new Set(given).size, 25)
  t.is(source.asked, 3)
})

test('a block that can’t be had fails those who wait, and the next one asks again', async t => {
  const source = blocks(5)
  let fails = true
  const ids = new ProducerIds({
    async allocateProducerIds() {
      if (fails) throw new KafkaError('KAFKA_STORAGE_ERROR')
      return source.allocateProducerIds()
    },
  })
  const [one, other] = await Promise.allSettled([ids.next(), ids.next()])
  t.deepEqual([one.status, other.status], ['rejected', 'rejected'])
  fails = false
  t.is(await ids.next(), 0)
})
