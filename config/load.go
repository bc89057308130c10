package config

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pelletier/go-toml/v2"
)

const maxFileBytes = 256 << 10

// Default returns the settings of a server in dataDir that nothing else was said of.
func Default(dataDir string) *Server {
	return &Server{
		DataDir:    dataDir,
		Deployment: "MAIS",
		Contact:    "your MAIS administrator",
		Names:      []string{"localhost"},
		Listen:     Listen{Public: ":8443", Mutual: ":9443", Plain: ":8080", Ops: "127.0.0.1:8081"},
		CA: CA{
			Grace:       Duration(time.Hour),
			StatusStale: Duration(3 * time.Second),
			ReceiptsFor: Duration(7 * 365 * 24 * time.Hour),
			Profile:     defaultProfiles(),
		},
		Limits: Limits{
			SessionIdle:          Duration(15 * time.Minute),
			SessionTotal:         Duration(12 * time.Hour),
			ConnectionsPerSource: 256,
			Connections:          8192,
			EnrolmentsPerMinute:  30,
		},
		Attestation: defaultAttestation(),
		Invitations: defaultInvitations(),
		Reviews:     defaultReviews(),
		Alerts:      defaultAlerts(),
	}
}

// Load reads a file of settings over the defaults and validates it. The error lists every
// fault, each with its place, one a line.
func Load(path string) (*Server, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	if len(text) > maxFileBytes {
		return nil, fmt.Errorf("read configuration: %s is longer than %d bytes", path, maxFileBytes)
	}
	s, err := parse(text)
	if err != nil {
		return nil, place(path, err)
	}
	s.resolve(filepath.Dir(path))
	return s, nil
}

// parse decodes and validates, so that a misspelt key and a wrong value are told together.
func parse(text []byte) (*Server, error) {
	s := Default("")
	s.Names = nil
	var unknown *toml.StrictMissingError
	dec := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields()
	err := dec.Decode(s)
	var faults []error
	switch {
	case errors.As(err, &unknown):
		for _, e := range unknown.Errors {
			row, col := e.Position()
			faults = append(faults, fmt.Errorf("%d:%d: %s: no such setting", row, col, dotted(e.Key())))
		}
	case err != nil:
		return nil, decodeFault(err) // the decoder stops there: what follows is not known
	}
	faults = append(faults, s.Validate())
	return s, errors.Join(faults...)
}

func decodeFault(err error) error {
	var bad *toml.DecodeError
	if !errors.As(err, &bad) {
		return err
	}
	row, col := bad.Position()
	if key := dotted(bad.Key()); key != "" {
		return fmt.Errorf("%d:%d: %s: %s", row, col, key, bad.Error())
	}
	return fmt.Errorf("%d:%d: %s", row, col, bad.Error())
}

func dotted(key toml.Key) string {
	out := ""
	for i, part := range key {
		if i > 0 {
			out += "."
		}
		out += part
	}
	return out
}

// place puts the file's name before each line of err.
func place(path string, err error) error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return fmt.Errorf("%s: %w", path, err)
	}
	var out []error
	for _, e := range joined.Unwrap() {
		out = append(out, place(path, e))
	}
	return errors.Join(out...)
}

func (s *Server) resolve(dir string) {
	for _, p := range s.paths() {
		if *p.at != "" && !filepath.IsAbs(*p.at) {
			*p.at = filepath.Join(dir, *p.at)
		}
	}
}

// pathSetting is a setting that names a file or directory.
type pathSetting struct {
	key string
	at  *string
}

func (s *Server) paths() []pathSetting {
	paths := []pathSetting{
		{"data_dir", &s.DataDir}, {"ca.unlock_file", &s.CA.UnlockFile}, {"ca.journal_dir", &s.CA.JournalDir}, {"ca.journal_copy", &s.CA.JournalCopy},
	}
	if d := s.Database; d != nil {
		paths = append(paths, []pathSetting{
			{"database.root_file", &d.RootFile}, {"database.cert_file", &d.CertFile}, {"database.key_file", &d.KeyFile}, {"database.password_dir", &d.PasswordDir},
		}...)
	}
	if m := s.Mail; m != nil {
		paths = append(paths, []pathSetting{
			{"mail.root_file", &m.RootFile}, {"mail.password_file", &m.PasswordFile}, {"mail.directory", &m.Directory},
		}...)
	}
	for n := range s.Attestation.Roots {
		paths = append(paths, pathSetting{fmt.Sprintf("attestation.roots.%d", n), &s.Attestation.Roots[n]})
	}
	paths = append(paths, pathSetting{"passwords.expected_file", &s.Passwords.ExpectedFile})
	if s.Backup != nil {
		paths = append(paths, pathSetting{"backup.directory", &s.Backup.Directory})
	}
	return paths
}

// UnlockPath returns where the passphrase of the issuing keys lies.
func (s *Server) UnlockPath() string {
	if s.CA.UnlockFile != "" {
		return s.CA.UnlockFile
	}
	return filepath.Join(s.DataDir, "unlock")
}

// BaseURL returns given, or scheme:// with the first of Names and the port of the address
// listened on, which is known only then when port 0 was asked for.
func (s *Server) BaseURL(given, scheme string, listening net.Addr) string {
	if given != "" {
		return given
	}
	_, port, err := net.SplitHostPort(listening.String())
	if err != nil || len(s.Names) == 0 {
		return ""
	}
	return (&url.URL{Scheme: scheme, Host: net.JoinHostPort(s.Names[0], port)}).String()
}
