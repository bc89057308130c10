package server

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"mais/config"
)

var pinSource = regexp.MustCompile(`pin-source=([^;&?\s]+)`)

// openers are the files that open keys, as the settings and the keys' addresses name them
// (RFC 7512). They are never archived, wherever they lie.
func openers(settings *config.Server) (paths []string, err error) {
	addresses, err := keyAddresses(settings)
	if err != nil {
		return nil, err
	}
	paths = []string{settings.UnlockPath()}
	for _, address := range addresses {
		for _, m := range pinSource.FindAllStringSubmatch(address, -1) {
			path, err := url.PathUnescape(m[1])
			if err != nil {
				return nil, err
			}
			path = strings.TrimPrefix(path, "file:")
			paths = append(paths, path, filepath.Join(KeyDir(settings), path))
		}
	}
	return paths, nil
}

// keyAddresses returns the addresses of keys that a key manager keeps, by where they stand.
func keyAddresses(settings *config.Server) (map[string]string, error) {
	found := map[string]string{}
	if settings.CA.KeyManager != "" {
		found["ca.key_manager"] = settings.CA.KeyManager
	}
	files, err := filepath.Glob(filepath.Join(KeyDir(settings), "*.kms"))
	if err != nil {
		return nil, err
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		found["ca/"+filepath.Base(path)] = strings.TrimSpace(string(text))
	}
	return found, nil
}
