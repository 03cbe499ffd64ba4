/** Lists of the API, page by page. */

export type PageOf<Item> = { items: Item[]; next_cursor: string | null }

/** The most that the API puts on one page. */
const PAGE_SIZE = 200

/** As many as are asked for; `next_cursor` is null where there are no more. */
export async function collect<Item, Page extends PageOf<Item>>(
  load: (page: { limit: number; cursor?: string }) => Promise<Page>,
  { limit, all = false }: { limit: number; all?: boolean },
): Promise<Page> {
  const most = all ? Number.POSITIVE_INFINITY : limit
  const size = (have: number) => Math.min(PAGE_SIZE, most - have)
  let page = await load({ limit: size(0) })
  const items = [...page.items]
  while (page.next_cursor !== null && items.length < most) {
    page = await load({ limit: size(items.length), cursor: page.next_cursor })
    items.push(...page.items)
  }
  return { ...page, items }
}
