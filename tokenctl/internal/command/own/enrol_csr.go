package own

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"mais/certs"
	"mais/config"
	"mais/server/api/form"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/enrolment"
	"mais/tokenctl/internal/enrol"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

// requestFlags are those of an enrolment whose key others keep.
type requestFlags struct{ csr, out string }

func (f *requestFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.csr, "csr", "", "`file` with the certificate request of a key of your own (PKCS #10, PEM); no token is made")
	cmd.Flags().StringVar(&f.out, "out", "", "with --csr, `file` for the certificate and its issuing CA (PEM)")
	cmd.MarkFlagsRequiredTogether("csr", "out")
	cmd.MarkFlagsMutuallyExclusive("csr", "replace")
}

// read returns the request in DER, having seen that there is room for the answer: a code is
// good once.
func (f requestFlags) read() ([]byte, error) {
	if _, err := os.Lstat(f.out); !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Usage, "name another file, or move that one away", "--out: %s is there already", f.out)
	}
	text, err := os.ReadFile(f.csr)
	if err != nil {
		return nil, fault.New(fault.Usage, "", "--csr").Because(err)
	}
	// Other programs' remarks may stand around it, and NEW in its label (RFC 7468, 7).
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE REQUEST" && block.Type != "NEW CERTIFICATE REQUEST" {
		return nil, fault.New(fault.Usage, "give a request in PEM, which begins with BEGIN CERTIFICATE REQUEST", "--csr: %s has no request", f.csr)
	}
	return block.Bytes, nil
}

// certifiedData is a certificate for a key of one's own, as a document.
type certifiedData struct {
	File     string    `json:"file"`
	Holder   string    `json:"holder"`
	Serial   string    `json:"serial"`
	Level    string    `json:"level"`
	NotAfter time.Time `json:"not_after"`
}

func (a *app) certify(ctx context.Context, in enrol.Invitation, f enrolment.Flags, own requestFlags) error {
	csr, err := own.read()
	if err != nil {
		return err
	}
	if err := f.CanAsk(); err != nil {
		return err
	}
	done := a.Screen.Progress("asking " + in.Server.Host)
	chain, err := enrol.Certify(ctx, in, csr, func(ctx context.Context) (config.Secret, error) {
		done()
		return f.ReadCode(ctx, a.Screen)
	})
	done()
	if err != nil {
		return err
	}
	if err := command.WriteNew(own.out, certs.EncodeCertificates(chain...)); err != nil {
		return err
	}
	rules, _ := certs.ProfileOf(chain[0])
	d := certifiedData{own.out, in.Holder, certs.SerialHex(chain[0].SerialNumber), rules.Level.String(), chain[0].NotAfter.UTC()}
	return a.Screen.Data(d, func() error {
		return a.Screen.Facts([][]string{
			{"certificate", d.File},
			{"holder", d.Holder},
			{"serial", d.Serial},
			{"key", form.LevelLabel(d.Level) + ", your own"},
			{"valid", fmt.Sprintf("until %s (%s)", ui.Day(d.NotAfter), ui.Left(d.NotAfter, time.Now()))},
		})
	})
}
