package site

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

func newSiteUnit(a *app) *cobra.Command {
	var f renewFlags
	cmd := &cobra.Command{
		Use:   "unit [NAME]",
		Short: "Print the systemd unit that keeps a site's token renewed",
		Long: `Print a systemd unit that runs 'tokenctl site renew --watch' for a site's token,
with the paths of this machine, as the user who runs this command, and with next
to no rights besides. It takes the flags of 'site renew'. With --passphrase-file
the unit hands the file over as a credential, so that root may be its only
reader.

A reload such as 'systemctl reload nginx' needs a user who may do that: root, or
one whom a polkit rule allows it.`,
		Example: `  tokenctl site unit northgate-custody > /etc/systemd/system/mais-site.service
  systemctl enable --now mais-site.service`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.CompleteToken,
		RunE: a.Do(func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				a.Token = args[0]
			}
			text, err := a.unit(f)
			if err != nil {
				return err
			}
			return a.Screen.Data(map[string]string{"unit": text}, func() error {
				for line := range strings.Lines(text) {
					a.Screen.Line("%s", strings.TrimSuffix(line, "\n"))
				}
				return nil
			})
		}),
	}
	f.addTarget(cmd)
	return cmd
}

// unit writes the unit for the chosen token.
func (a *app) unit(f renewFlags) (string, error) {
	r, err := a.newRenewal(f)
	if err != nil {
		return "", err
	}
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	runs, err := user.Current()
	if err != nil {
		return "", err
	}
	secret := a.PassphraseFile
	for _, path := range []*string{&f.cert, &f.key, &secret} {
		if *path == "" {
			continue
		}
		if *path, err = filepath.Abs(*path); err != nil {
			return "", err
		}
	}
	return systemdUnit(program, runs.Username, r.home.Dir(), r.name, secret, f)
}

// unitText leaves out, of systemd.exec(5)'s means, only what the work needs: TLS, the
// directories that are written, and one command.
const unitText = `[Unit]
Description=Renewal of the MAIS site token %s
Wants=network-online.target
After=network-online.target time-sync.target

[Service]
Type=notify
User=%s
ExecStart=%s
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=1min
# These need a person: wrong usage, no such token, refused, wrong passphrase.
RestartPreventExitStatus=2 3 4 5
WatchdogSec=5min
TimeoutStopSec=90s
%sReadWritePaths=%s
ProtectHome=%s
ProtectSystem=strict
UMask=0077
LimitCORE=0
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service

[Install]
WantedBy=multi-user.target
`

// systemdUnit fills the unit. All paths are absolute; secret is the passphrase's file or "".
func systemdUnit(program, runsAs, home, name, secret string, f renewFlags) (string, error) {
	words := []string{program, "site", "renew", "--watch", "--home", home, "--token", name}
	writes, credential := []string{home}, ""
	if f.at.String() != "2/3" {
		words = append(words, "--at", f.at.String())
	}
	if f.cert != "" {
		words = append(words, "--cert-out", f.cert, "--key-out", f.key)
		writes = append(writes, filepath.Dir(f.cert), filepath.Dir(f.key))
	}
	if f.reloading != "" {
		words = append(words, "--reload", f.reloading)
	}
	if secret != "" {
		credential = "LoadCredential=" + passphraseCredential + ":" + percent(secret) + "\n"
	}
	for _, word := range append(words, secret, runsAs) {
		if ui.Clean(word) != word || strings.ContainsAny(word, "\n\t") {
			return "", fault.New(fault.Usage, "choose a path of printable characters", "%.80q cannot stand in a unit", word)
		}
	}
	slices.Sort(writes)
	return fmt.Sprintf(unitText, percent(name), percent(runsAs), strings.ReplaceAll(quoteAll(words), "$", "$$"),
		credential, quoteAll(slices.Compact(writes)), protectHome(writes)), nil
}

// protectHome hides people's directories, unless the unit works in one: ReadWritePaths
// makes no way into what is hidden.
func protectHome(writes []string) string {
	for _, path := range writes {
		for _, home := range []string{"/home/", "/root/", "/run/user/"} {
			if strings.HasPrefix(path+"/", home) {
				return "read-only"
			}
		}
	}
	return "yes"
}

// quoteAll joins words as systemd.syntax(7) splits them.
func quoteAll(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = percent(word)
		if strings.ContainsAny(word, ` "'\;`) {
			quoted[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(quoted[i]) + `"`
		}
	}
	return strings.Join(quoted, " ")
}

// percent keeps a text from being taken for one of systemd's specifiers.
func percent(text string) string { return strings.ReplaceAll(text, "%", "%%") }
