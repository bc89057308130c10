package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
)

// Memory is what a node remembers of the database beside its journals: which one it is, and
// how far every journal had come in it.
type Memory struct {
	System   string          `json:"system"`   // PostgreSQL's, the database's and the tables' identity; "": none seen yet
	Timeline int64           `json:"timeline"` // its timeline
	Heads    map[string]Head `json:"heads"`    // by journal
}

// Clone returns a copy.
func (m Memory) Clone() Memory {
	m.Heads = maps.Clone(m.Heads)
	return m
}

const (
	memoryFile = "memory.json"
	maxMemory  = 1 << 20
)

// Remembered reads the memory; one that is not there is empty.
func (d *Directory) Remembered() (Memory, error) {
	m := Memory{Heads: map[string]Head{}}
	path := filepath.Join(d.dir, memoryFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err == nil && len(text) > maxMemory {
		err = fmt.Errorf("%s: %d bytes", path, len(text))
	}
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return Memory{}, fmt.Errorf("read what is remembered of the database: %s: %w", path, err)
	}
	if m.Heads == nil {
		m.Heads = map[string]Head{}
	}
	return m, nil
}

// Remember writes the memory; it is on disk when it returns.
func (d *Directory) Remember(m Memory) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err == nil {
		err = writeWhole(filepath.Join(d.dir, memoryFile), append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("remember the database: %w", err)
	}
	return nil
}
