/** What a PromQL expression names: parsed with Prometheus' own grammar, because promtool only says whether it is well formed. */
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'

export type Matcher = { label: string; operator: string; value: string }
export type Selector = { metric: string; matchers: Matcher[] }
export type Grouping = { labels: string[]; metrics: string[] }

/** Throws where it cannot be parsed. `groupings`: the labels of each `by`, with the metrics that they are taken from. */
export function namesIn(expression: string): { selectors: Selector[]; groupings: Grouping[] } {
  const text = (node: SyntaxNode) => expression.slice(node.from, node.to)
  const { topNode } = parser.parse(expression)
  const selectors: Selector[] = []
  const groupings: Grouping[] = []
  for (const node of below(topNode)) {
    if (node.type.isError) throw new Error(`not PromQL at ${node.from}: ${expression}`)
    if (node.name === 'VectorSelector') selectors.push(selectorOf(node, text))
    if (node.name === 'AggregateExpr') {
      const within = [...below(node)]
      const by = node.getChild('AggregateModifier')?.getChild('GroupingLabels')
      const metrics = within
        .filter(({ name }) => name === 'VectorSelector')
        .map((one) => selectorOf(one, text).metric)
      groupings.push({ labels: by?.getChildren('LabelName').map(text) ?? [], metrics })
    }
  }
  return { selectors, groupings }
}

function selectorOf(node: SyntaxNode, text: (node: SyntaxNode) => string): Selector {
  const name = node.getChild('Identifier')
  const matchers = [...below(node)]
    .filter((one) => one.name === 'UnquotedLabelMatcher')
    .map((one) => {
      const part = (type: string) => {
        const found = one.getChild(type)
        return found ? text(found) : ''
      }
      return {
        label: part('LabelName'),
        operator: part('MatchOp'),
        value: part('StringLiteral').slice(1, -1),
      }
    })
  return { metric: name ? text(name) : '', matchers }
}

function* below(node: SyntaxNode): Generator<SyntaxNode> {
  yield node
  for (let child = node.firstChild; child; child = child.nextSibling) yield* below(child)
}
