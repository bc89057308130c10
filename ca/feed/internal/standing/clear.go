package standing

// Clear empties the table. Keys of it stay good.
func (t *Table) Clear() {
	t.now, t.next, t.moved = shelf{}, shelf{}, 0
	t.held, t.n = [parts]int{}, 0
}
