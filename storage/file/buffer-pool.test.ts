import test from 'ava'
import { BufferPool } from './buffer-pool.ts'

test('a buffer that was given back is taken again', t => {
  const pool = new BufferPool(1_000_000)
  const buffer = pool.take(5000)
  t.is(buffer.length, 8192)
  pool.give(buffer)
  t.is(pool.idleBytes, 8192)
  t.is(pool.take(6000), buffer)
  t.not(pool.take(6000), buffer)
  t.is(pool.idleBytes, 0)
})

test('sizes at the powers of two are met exactly', t => {
  const pool = new BufferPool(1_000_000)
  t.is(pool.take(4096).length, 4096)
  t.is(pool.take(4097).length, 8192)
  t.is(pool.take(4 * 1024 * 1024).length, 4 * 1024 * 1024)
})

test('no more lies idle than is allowed, and nothing very small or very large', t => {
  const pool = new BufferPool(20_000)
  for (const buffer of [pool.take(8000), pool.take(8000), pool.take(8000)]) pool.give(buffer)
  t.is(pool.idleBytes, 16384)
  const other = new BufferPool(100_000_000)
  other.give(other.take(100))
  other.give(other.take(5_000_000))
  t.is(other.idleBytes, 0)
})
