package standing

// Clear empties the table. Keys of it stay good.
func (t *Table) Clear() {
	clear(t.parts[:])
	t.blocks, t.n = 0, 0
}
