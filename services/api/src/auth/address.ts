import { isIPv6 } from 'node:net'

/** What one sender can choose from counts as one address: of IPv6, the network of 64 bits that a household is given. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.split('::', 2)
  const groups = head.split(':').filter((group) => group !== '')
  // Written short, zeros stand between the two parts.
  const zeros =
    tail === undefined
      ? []
      : new Array<string>(8 - groups.length - tail.split(':').filter(Boolean).length).fill('0')
  const all = [...groups, ...zeros, ...(tail ?? '').split(':')]
  return `${all
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}
