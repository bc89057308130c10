package main

import (
	"encoding/json"
	"io"
)

// writeJSON writes data in the envelope of every --json answer.
func writeJSON(w io.Writer, data any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(struct {
		Schema int `json:"schema"`
		Data   any `json:"data"`
	}{1, data})
}
