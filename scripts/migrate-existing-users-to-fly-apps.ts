// The name under which the product knows `hangar migrate-users`: the same program, with the same arguments.
process.argv.splice(2, 0, 'migrate-users')
await import('../cli/src/main.ts')
