package standing

// Clear empties the table. Keys of it stay good.
func (t *Table) Clear() {
	*t = Table{seed: t.seed, most: t.most}
}
