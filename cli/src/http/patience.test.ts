import { testClock } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { createOutput } from '../output/output.ts'
import { askPatiently } from './patience.ts'
import { ConnectionError, ProblemError } from './problem.ts'

const signal = new AbortController().signal

function parts() {
  let said = ''
  const stream = { write: (text: string) => void (said += text) }
  const clock = testClock()
  // Each pause takes as long as it is.
  const sleeping = {
    now: () => clock.now(),
    sleep: (ms: number) => {
      clock.set(new Date(clock.now().getTime() + ms))
      return Promise.resolve()
    },
  }
  return {
    clock: sleeping,
    signal,
    output: createOutput({ stdout: stream, stderr: stream, noColour: true }),
    said: () => said,
  }
}

test('an API that is away for a while is waited for, and that is said', async () => {
  const { said, ...context } = parts()
  let tries = 0
  const answer = await askPatiently(context, () => {
    tries += 1
    if (tries < 3) throw new ConnectionError('The API is away.')
    if (tries < 4) throw new ProblemError(503, { title: 'Not now.' }, null)
    return Promise.resolve('here')
  })
  expect([answer, said()]).toEqual([
    'here',
    'The API is away. Trying again.\nThe API is away. Trying again.\nNot now. Trying again.\n',
  ])
})

test('what is refused is not asked again, and there is an end to it', async () => {
  const { said, ...context } = parts()
  const refused = () => Promise.reject(new ProblemError(404, { title: 'No.' }, null))
  await expect(askPatiently(context, refused)).rejects.toMatchObject({ status: 404 })
  expect(said()).toBe('')
  let tries = 0
  const away = () => {
    tries += 1
    return Promise.reject(new ConnectionError('The API is away.'))
  }
  await expect(askPatiently(context, away)).rejects.toBeInstanceOf(ConnectionError)
  expect(tries).toBe(302)
})
