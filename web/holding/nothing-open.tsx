// The right pane before anything was chosen.
export const NothingOpen = ({ of }: { readonly of: string }) => (
  <div class="empty is-small">
    <h2>No {of} open</h2>
    <p>
      Choose one from the list, or press <kbd>j</kbd>.
    </p>
  </div>
)
