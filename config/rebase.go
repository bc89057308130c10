package config

import "path/filepath"

// Rebase moves the settings of a service to another data directory: whatever lies in the old
// one is sought in the new one. It returns the settings, by key, whose paths lie elsewhere and
// stay as they are: they are shared with whoever else goes by them. Paths are absolute, as Load
// returns them.
func (s *Server) Rebase(dir string) (outside map[string]string) {
	old := s.DataDir
	outside = map[string]string{}
	for _, p := range s.paths() {
		if *p.at == "" {
			continue
		}
		inside, err := filepath.Rel(old, *p.at)
		if err != nil || !filepath.IsLocal(inside) {
			outside[p.key] = *p.at
			continue
		}
		*p.at = filepath.Join(dir, inside)
	}
	return outside
}
