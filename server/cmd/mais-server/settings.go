package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/cobra"

	"mais/config"
)

// settingsFile holds the settings of a data directory.
const settingsFile = "mais.toml"

// settingsFlags say which service a command is about.
type settingsFlags struct{ file, dir string }

func (s *settingsFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.file, "config", "", "`FILE` of settings")
	cmd.Flags().StringVar(&s.dir, "dir", "", "data `DIR`; its "+settingsFile+" holds the settings")
	cmd.MarkFlagsMutuallyExclusive("config", "dir")
}

// load reads the settings: of the file, or of the directory's own.
func (s *settingsFlags) load() (*config.Server, error) {
	if s.file == "" && s.dir == "" {
		return nil, usage(errors.New("say which service: --dir DIR, or --config FILE"))
	}
	path := s.file
	if path == "" {
		path = filepath.Join(s.dir, settingsFile)
	}
	settings, err := config.Load(path)
	if errors.Is(err, fs.ErrNotExist) && s.dir != "" {
		return nil, advise(err, "make the service first: mais-server init --dir "+s.dir+" --help")
	}
	return settings, err
}

// writeSettings writes the settings into the data directory in one step.
func writeSettings(settings *config.Server) error {
	text, err := toml.Marshal(settings)
	if err != nil {
		return err
	}
	path := filepath.Join(settings.DataDir, settingsFile)
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	return os.Rename(path+".new", path)
}

// absolute returns dir as an absolute path, since the database works elsewhere.
func absolute(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return abs, os.MkdirAll(abs, 0o700)
}
