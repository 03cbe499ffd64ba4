import { Page } from '../../ui/page.tsx'
export function App() {
  return <Page title="App">soon</Page>
}
