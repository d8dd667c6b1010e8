// Money is counted in cents; only what people read has a point.
function money(cents) {
  return `${(cents / 100).toFixed(2)} EUR`;
}
