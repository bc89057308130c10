package main

import (
	"runtime/debug"

	"mais/tokenctl/internal/command"

	"github.com/spf13/cobra"
)

func newVersion(a *command.App) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of tokenctl",
		Args:  cobra.NoArgs,
		RunE: a.Do(func(*cobra.Command, []string) error {
			v := version()
			return a.Screen.Data(v, func() error {
				a.Screen.Line("tokenctl %s (%s)", v["version"], v["go"])
				return nil
			})
		}),
	}
}

// version is what the build recorded of itself.
func version() map[string]string {
	out := map[string]string{"version": "unknown", "revision": "", "go": ""}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return out
	}
	out["version"], out["go"] = info.Main.Version, info.GoVersion
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			out["revision"] = s.Value
		}
	}
	return out
}
