import { Page } from '../../ui/page.tsx'
export function Apps() {
  return <Page title="Apps">soon</Page>
}
