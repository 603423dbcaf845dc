import test from 'ava'
import { PendingRequest, Requests } from './requests.ts'

const add = (requests: Requests, produce = false): PendingRequest => {
  const request = new PendingRequest(Buffer.alloc(8), produce)
  requests.add(request)
  return request
}

test('a request waits for the answer of the one before', t => {
  const requests = new Requests()
  const [first, second] = [add(requests), add(requests)]
  t.is(requests.start(), first)
  t.is(requests.start(), null)
  requests.answered(first, [])
  t.is(requests.start(), second)
})

test('a Produce starts behind a Produce that has its place in the log, and nothing else does', t => {
  const requests = new Requests()
  const [first, second, fetch] = [add(requests, true), add(requests, true), add(requests)]
  t.is(requests.start(), first)
  t.is(requests.start(), null)
  requests.placed(first)
  t.is(requests.start(), second)
  requests.placed(second)
  t.is(requests.start(), null)
  requests.answered(second, [])
  t.is(requests.start(), null)
  requests.answered(first, [])
  t.is(requests.start(), fetch)
})

test('anything starts behind a parked wait', t => {
  const requests = new Requests()
  const [join, heartbeat, produce] = [add(requests), add(requests), add(requests, true)]
  t.is(requests.start(), join)
  requests.parked(join)
  t.is(requests.start(), heartbeat)
  t.is(requests.start(), null)
  requests.answered(heartbeat, [])
  t.is(requests.start(), produce)
})

test('answers leave in request order', t => {
  const requests = new Requests()
  const [join, heartbeat] = [add(requests), add(requests)]
  requests.start()
  requests.parked(join)
  requests.start()
  requests.answered(heartbeat, [Buffer.from('second')])
  t.is(requests.shift(), null)
  requests.answered(join, [Buffer.from('first')])
  t.is(requests.shift(), join)
  t.is(requests.shift(), heartbeat)
  t.is(requests.shift(), null)
  t.is(requests.size, 0)
})
