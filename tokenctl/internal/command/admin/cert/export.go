package cert

import (
	"crypto/x509"
	"encoding/base64"
	"fmt"

	"github.com/spf13/cobra"

	"mais/certs"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
)

var exportForms = []string{client.FormPEM, client.FormDER, client.FormChain}

func newCertExport(a *app) *cobra.Command {
	form, out := client.FormPEM, ""
	cmd := &cobra.Command{
		Use:   "export SERIAL",
		Short: "Write a certificate to a file",
		Long: `Write a certificate to a file or to standard output: as pem (RFC 7468), as der, or
as chain, which is pem with the issuing CA behind it. A certificate is public and
holds no key. An existing file is not overwritten.`,
		Example: "  tokenctl admin cert export 7f3a… --form chain --out anna.pem",
		Args:    cobra.ExactArgs(1),
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			if err := command.OneOf("form", form, exportForms); err != nil {
				return err
			}
			if form == client.FormDER && out == "" && a.Screen.IsTerminal() {
				return fault.New(fault.Usage, "give --out FILE", "DER is no text for a terminal")
			}
			return a.withCertificate(cmd.Context(), args[0], func(c *client.Client, ref certs.Ref) error {
				text, err := c.Export(cmd.Context(), ref, form)
				if err == nil {
					err = checkExport(text, form, ref)
				}
				if err != nil {
					return err
				}
				return a.deliver(ref, text, out, exported{Certificate: ref.String(), Form: form}.with(text))
			})
		}),
	}
	command.FixedWords(cmd, &form, "form", "`form`", exportForms)
	cmd.Flags().StringVar(&out, "out", "", "write to this `file`")
	return cmd
}

// exported is an export as a document.
type exported struct {
	Certificate string `json:"certificate"`
	Form        string `json:"form"`
	PEM         string `json:"pem,omitempty"`
	DER         string `json:"der,omitempty"` // base64
}

func (e exported) with(text []byte) exported {
	if e.Form == client.FormDER {
		e.DER = base64.StdEncoding.EncodeToString(text)
	} else {
		e.PEM = string(text)
	}
	return e
}

// checkExport sees that what came is the certificate that was asked for.
func checkExport(text []byte, form string, ref certs.Ref) error {
	var chain []*x509.Certificate
	var err error
	if form == client.FormDER {
		var cert *x509.Certificate
		cert, err = x509.ParseCertificate(text)
		chain = append(chain, cert)
	} else {
		chain, err = certs.ParseCertificates(text)
	}
	if err == nil && certs.SerialHex(chain[0].SerialNumber) != ref.Serial {
		err = fmt.Errorf("its serial number is %s", certs.SerialHex(chain[0].SerialNumber))
	}
	if err == nil {
		return nil
	}
	return fault.New(fault.BadAnswer, "tell your administrator", "what the service gave is not the certificate %s", ref).Because(err)
}

// deliver puts a file where it is wanted: into a new one, or on standard output.
func (a *app) deliver(ref certs.Ref, text []byte, out string, document any) error {
	if out != "" {
		if err := command.WriteNew(out, text); err != nil {
			return err
		}
		a.Screen.Say("Wrote %s to %s.", ref, out)
	}
	return a.Screen.Data(document, func() error {
		if out != "" {
			return nil
		}
		return a.Screen.Bytes(text)
	})
}
