import { Link } from '@tanstack/react-router'
import { Icon } from '../ui/icon.tsx'
import { NAVIGATION } from './navigation.ts'

export function NavigationList() {
  return (
    <ul className="nav-list">
      {NAVIGATION.map((item) => (
        <li key={item.to}>
          {item.elsewhere ? (
            <a href={item.to} className="nav-link">
              <Icon name={item.icon} />
              {item.label}
              <span className="nav-aside">
                <Icon name="external" />
              </span>
            </a>
          ) : (
            <Link
              to={item.to}
              className="nav-link"
              activeOptions={{ exact: item.to === '/', includeSearch: false }}
            >
              <Icon name={item.icon} />
              {item.label}
            </Link>
          )}
        </li>
      ))}
    </ul>
  )
}
