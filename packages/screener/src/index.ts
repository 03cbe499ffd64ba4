// A small screener that follows the environment a user's app gets from Hangar: the program that the demo
// and the tests run as the user's app. It is started as a process, so all it exports is where it is.
import { fileURLToPath } from 'node:url'

/** The file to start with Node 24, for an image named `local:<node> <screenerEntry>`. */
export const screenerEntry: string = fileURLToPath(new URL('./main.ts', import.meta.url))
