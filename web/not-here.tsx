// A path that leads nowhere, with a way on.
export const NotHere = () => (
  <main id="main" class="page" tabIndex={-1}>
    <div class="empty is-small">
      <h1>Nothing here</h1>
      <p>This page does not exist, or what it showed was deleted.</p>
      <div class="actions">
        <a class="btn" href="/addresses">
          Addresses
        </a>
        <a class="btn" href="/holding">
          Holding
        </a>
      </div>
    </div>
  </main>
)
