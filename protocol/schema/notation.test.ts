import test from 'ava'
import {
  type Api,
  api,
  array,
  bigint64,
  bytes,
  int32,
  int64,
  type RequestOf,
  type RequestWrite,
  type ResponseOf,
  records,
  string,
  struct,
} from './notation.ts'

const Example = api({
  key: 1,
  name: 'Example',
  versions: '0-3',
  flexible: '2+',
  request: {
    id: int32(),
    name: string('0+', { nullable: '1+' }),
    offset: int64('0+', { default: -1 }),
    end: bigint64('3+', { tag: 0, default: 2n ** 63n - 1n }),
    parts: array('0+', { index: int32(), batches: records('0+', { nullable: '0+' }) }),
    ids: array('1+', int32()),
    leader: struct('2+', { nullable: '2+', default: null }, { id: int32('2+') }),
  },
  response: { body: bytes(), throttleTimeMs: int32('1+', { ignorable: true }) },
})

type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false
const holds = <T extends true>(type?: T) => type === undefined

test('readers see every field with its type', t => {
  type Q = RequestOf<typeof Example>
  t.true(holds<Equal<Q['id'], number>>())
  t.true(holds<Equal<Q['name'], string | null>>())
  t.true(holds<Equal<Q['end'], bigint>>())
  t.true(holds<Equal<Q['ids'], number[]>>())
  t.true(holds<Equal<Q['parts'], { index: number; batches: readonly Buffer[] | null }[]>>())
  t.true(holds<Equal<Q['leader'], { id: number } | null>>())
})

test('authors may leave out what has a default, a tag, is ignorable or not in every version', t => {
  type Q = RequestWrite<typeof Example>
  type S = ResponseOf<typeof Example>
  t.true(holds<Equal<undefined extends Q['offset'] ? true : false, true>>())
  t.true(holds<Equal<undefined extends Q['end'] ? true : false, true>>())
  t.true(holds<Equal<undefined extends Q['ids'] ? true : false, true>>())
  t.true(holds<Equal<undefined extends Q['leader'] ? true : false, true>>())
  t.true(holds<Equal<undefined extends S['throttleTimeMs'] ? true : false, true>>())
  t.true(holds<Equal<undefined extends Q['name'] ? true : false, false>>())
  t.true(holds<Equal<undefined extends S['body'] ? true : false, false>>())
})

test('an author who leaves out a required field is told by the compiler', t => {
  const complete: RequestWrite<typeof Example> = { id: 1, name: null, parts: [{ index: 0, batches: null }] }
  // @ts-expect-error parts is missing
  const incomplete: RequestWrite<typeof Example> = { id: 1, name: null }
  t.deepEqual({ ...incomplete, parts: complete.parts }, complete)
})

test('an API of any shape is an Api', t => {
  const any: Api = Example
  t.is(any.key, 1)
})
