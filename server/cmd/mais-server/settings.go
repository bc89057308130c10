package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"mais/config"
)

// settingsFlags say which service a command is about.
type settingsFlags struct{ file, dir string }

func (s *settingsFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.file, "config", "", "`FILE` of settings")
	cmd.Flags().StringVar(&s.dir, "dir", "", "data `DIR`; its mais.toml holds the settings")
	cmd.MarkFlagsMutuallyExclusive("config", "dir")
	cmd.MarkFlagsOneRequired("config", "dir")
}

// load reads the settings: of the file, or of the directory's mais.toml.
func (s *settingsFlags) load() (*config.Server, error) {
	path := s.file
	if path == "" {
		path = filepath.Join(s.dir, "mais.toml")
	}
	settings, err := config.Load(path)
	if errors.Is(err, fs.ErrNotExist) && s.dir != "" {
		return nil, advise(err, "make the service first: mais-server init --dir "+s.dir+" --help")
	}
	return settings, err
}

// absolute returns dir as an absolute path, since the database works elsewhere.
func absolute(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return abs, os.MkdirAll(abs, 0o700)
}
