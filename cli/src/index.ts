/**
 * The program `hangar` for operators at a terminal, over the admin API and, for emergencies, on the database itself.
 * Each file in `commands/` registers one group of commands; what they print goes through `output/`.
 */
export { createContext } from './context.ts'
export { EXIT, EXIT_MEANINGS } from './exit.ts'
export { createProgram, run } from './program.ts'
