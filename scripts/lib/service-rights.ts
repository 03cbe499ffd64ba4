/**
 * What each service asks of the database, read off the code: which functions of @hangar/db it imports, what those call
 * in turn, and which tables and functions of ours their statements name. The roles of the services are granted exactly
 * this (hangar.service_rights), and a test holds the two against each other.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import ts from 'typescript'
import { root } from './paths.ts'

export const SERVICES = ['api', 'worker', 'scheduler'] as const
export type Service = (typeof SERVICES)[number]

/** `select hangar.alerts`, `execute hangar.now`; `lock` is `for update` and its like, which wants a right of its own. */
export type Right = string

const DB_SOURCES = join(root, 'packages', 'db', 'src')

/** The rights of each service, in order. */
export function deriveServiceRights(): Record<Service, Right[]> {
  const library = readLibrary()
  return Object.fromEntries(
    SERVICES.map((service) => {
      const rights = new Set(reach(library, entryPoints(service)).flatMap(({ rights }) => rights))
      return [service, [...rights].filter((right) => !isCovered(right, rights)).sort()]
    }),
  ) as Record<Service, Right[]>
}

/** Who may change rows may lock them. */
const isCovered = (right: Right, rights: ReadonlySet<Right>) =>
  right.startsWith('lock ') && rights.has(right.replace('lock', 'update'))

type Declaration = { rights: Right[]; calls: string[] }
/** By `file#name`. What a file exports from another one is followed to where it is. */
type Library = ReadonlyMap<string, Declaration>

function readLibrary(): Library {
  const library = new Map<string, Declaration>()
  for (const file of sourcesIn(DB_SOURCES)) {
    const source = parse(file)
    const imports = importsOf(source, file)
    const own = new Map(
      source.statements.flatMap((statement) => namesOf(statement).map((name) => [name, statement])),
    )
    for (const [name, statement] of own) {
      const calls = identifiersIn(statement).flatMap((used) => {
        if (used !== name && own.has(used)) return [`${file}#${used}`]
        return imports.get(used) ?? []
      })
      library.set(`${file}#${name}`, { rights: rightsOf(statement), calls })
    }
  }
  return library
}

/** All that can be reached from these names. */
function reach(library: Library, names: readonly string[]): Declaration[] {
  const seen = new Set<string>()
  const open = [...names]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    open.push(...(library.get(next)?.calls ?? []))
  }
  return [...seen].flatMap((name) => library.get(name) ?? [])
}

/** What the service's own code imports from @hangar/db, by where it is declared. */
function entryPoints(service: Service): string[] {
  const declaredIn = new Map(
    sourcesIn(DB_SOURCES).flatMap((file) =>
      parse(file).statements.flatMap((statement) => namesOf(statement).map((name) => [name, file] as const)),
    ),
  )
  return sourcesIn(join(root, 'services', service, 'src')).flatMap((file) =>
    parse(file).statements.flatMap((statement) => {
      if (!ts.isImportDeclaration(statement) || textOf(statement.moduleSpecifier) !== '@hangar/db') return []
      return importedNames(statement).flatMap(({ imported }) => {
        const at = declaredIn.get(imported)
        return at === undefined ? [] : [`${at}#${imported}`]
      })
    }),
  )
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|(^|[/\\])testing[/\\]|^test-data\.ts$/.test(name))
    .map((name) => join(folder, name))
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
    return statement.name ? [statement.name.text] : []
  if (!ts.isVariableStatement(statement)) return []
  return statement.declarationList.declarations.flatMap(({ name }) =>
    ts.isIdentifier(name) ? [name.text] : [],
  )
}

function importsOf(source: ts.SourceFile, file: string): Map<string, string> {
  return new Map(
    source.statements.flatMap((statement) => {
      if (!ts.isImportDeclaration(statement)) return []
      const from = textOf(statement.moduleSpecifier)
      if (!from.startsWith('.')) return []
      const path = resolve(dirname(file), from)
      return importedNames(statement).map(({ local, imported }) => [local, `${path}#${imported}`] as const)
    }),
  )
}

function importedNames(statement: ts.ImportDeclaration): { local: string; imported: string }[] {
  const bindings = statement.importClause?.namedBindings
  if (!bindings || !ts.isNamedImports(bindings)) return []
  return bindings.elements.map(({ name, propertyName }) => ({
    local: name.text,
    imported: (propertyName ?? name).text,
  }))
}

function identifiersIn(node: ts.Node): string[] {
  const found: string[] = []
  visit(node, (at) => {
    if (ts.isIdentifier(at)) found.push(at.text)
  })
  return found
}

/** The builder's methods that name a table, and what they do to it. */
const METHODS: Record<string, string> = {
  selectFrom: 'select',
  innerJoin: 'select',
  leftJoin: 'select',
  from: 'select',
  using: 'select',
  insertInto: 'insert',
  updateTable: 'update',
  deleteFrom: 'delete',
}
const LOCKING = new Set(['forUpdate', 'forNoKeyUpdate', 'forShare', 'forKeyShare'])

function rightsOf(statement: ts.Node): Right[] {
  const found: Right[] = []
  visit(statement, (node) => {
    if (ts.isCallExpression(node)) found.push(...rightsOfCall(node))
    else if (ts.isTemplateLiteral(node) || ts.isStringLiteral(node))
      found.push(...rightsOfText(sqlText(node)))
  })
  return found
}

/** `db.insertInto('hangar.alerts as a')`. Whoever locks or changes rows reads them, too. */
function rightsOfCall(call: ts.CallExpression): Right[] {
  if (!ts.isPropertyAccessExpression(call.expression)) return []
  const { text: method } = call.expression.name
  if (LOCKING.has(method)) return tablesOf(selectionBelow(call)).map((table) => `lock ${table}`)
  const verb = METHODS[method]
  if (verb === undefined) return []
  return tablesOf(call).flatMap((table) => [`${verb} ${table}`, `select ${table}`])
}

/** `db.selectFrom(…).where(…).forShare()`: its first call. */
function selectionBelow(call: ts.CallExpression): ts.CallExpression {
  let at: ts.Expression = call
  while (ts.isCallExpression(at) && ts.isPropertyAccessExpression(at.expression)) {
    if (at.expression.name.text === 'selectFrom') return at
    at = at.expression.expression
  }
  return call
}

function tablesOf({ arguments: [first] }: ts.CallExpression): string[] {
  if (!first) return []
  const names = ts.isArrayLiteralExpression(first) ? [...first.elements] : [first]
  return names.filter(ts.isStringLiteral).flatMap(({ text }) => tableOf(text) ?? [])
}

/** As the builder writes it: camelCase, with its schema unless that is `public`. Undefined for anything else. */
function tableOf(name: string): string | undefined {
  const [, schema = 'public', table] = /^(?:(\w+)\.)?(\w+)(?: as \w+)?$/.exec(name) ?? []
  if (table === undefined || (schema === 'public' && !table.startsWith('userFly'))) return undefined
  return `${schema}.${table.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`
}

const NAME = String.raw`((?:hangar|public)\.[a-z_]+)`

/** Statements as text, where every table has its schema before it. */
function rightsOfText(text: string): Right[] {
  const found: Right[] = []
  const add = (verb: string, pattern: RegExp) => {
    for (const [, name] of text.matchAll(pattern)) found.push(`${verb} ${name}`)
  }
  const tables = new RegExp(String.raw`(?:from|join|into|update|,)\s+${NAME}\b(?!\()`, 'g')
  if (!/\b(?:from|join|into|update)\s/.test(text)) return [...functionsIn(text)]
  add('select', tables)
  add('insert', new RegExp(String.raw`insert into ${NAME}`, 'g'))
  add('update', new RegExp(String.raw`(?<!for )update ${NAME}`, 'g'))
  add('delete', new RegExp(String.raw`delete from ${NAME}`, 'g'))
  add('update', new RegExp(String.raw`insert into ${NAME}(?:(?!;|insert into)[\s\S])*?do update set`, 'g'))
  add('lock', new RegExp(String.raw`from ${NAME}(?:(?! from )[\s\S])*?for (?:no key )?(?:update|share)`, 'g'))
  return [...found, ...functionsIn(text)]
}

function functionsIn(text: string): Right[] {
  return [...text.matchAll(/\b(hangar\.[a-z_]+)\(/g)].map(([, name]) => `execute ${name}`)
}

/** What is put into it stands as a blank: statements are read for the names they spell out. */
function sqlText(node: ts.TemplateLiteral | ts.StringLiteral): string {
  if (!ts.isTemplateExpression(node)) return node.text
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' ? ')
}

function textOf(node: ts.Expression): string {
  return ts.isStringLiteral(node) ? node.text : ''
}

/** What is said to an operator may name a function, and asks the database for nothing. */
const isProse = (node: ts.Node) => ts.isPropertyAssignment(node) && node.name.getText() === 'operator'

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  if (isProse(node)) return
  see(node)
  ts.forEachChild(node, (child) => visit(child, see))
}
