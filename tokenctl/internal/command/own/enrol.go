package own

import (
	"github.com/spf13/cobra"

	"mais/certs"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/enrolment"
	"mais/tokenctl/internal/token"
)

func newEnrol(a *app) *cobra.Command {
	var f enrolment.Flags
	var email string
	var own requestFlags
	cmd := &cobra.Command{
		Use:   "enrol",
		Short: "Make a token with the code of your invitation",
		Long: `Make a token: a new key in a file under a passphrase that you choose, and the
certificate that the service issues for it.

The service's root certificate is compared with the fingerprint in your
invitation before the code is sent. If the connection breaks, run the same
command again: the same code and key get the same certificate for ten minutes.

The token is the directory NAME under --home. Import its token.p12 into a
browser to use the applications there; the passphrase is the same.

With --csr the key is your own affair: on a card that tokenctl makes no keys on, for
one. --csr names the request that the key's keeper made, and --out the file for the
certificate and its issuing CA. There is no token then, and it counts as a key in a
file: nobody vouches for it.`,
		Example: `  tokenctl enrol --server https://mais.example:8443 \
      --root-fingerprint sha256:HEX --email anna@police.example

  # without a terminal
  tokenctl enrol --server https://mais.example:8443 --root-fingerprint sha256:HEX \
      --email anna@police.example --code-file code.txt --passphrase-file passphrase.txt

  # for a key of one's own
  tokenctl enrol --server https://mais.example:8443 --root-fingerprint sha256:HEX \
      --email anna@police.example --csr request.pem --out certificate.pem`,
		Args: cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			email, err := command.CheckEmail(email)
			if err != nil {
				return err
			}
			in, err := f.Invitation(certs.User, email)
			if err != nil {
				return err
			}
			if own.csr != "" {
				return a.certify(cmd.Context(), in, f, own)
			}
			name := a.Token
			if name == "" {
				name = token.NameFor(email)
			}
			if err := f.CanAsk(a.PassphraseOf(name)); err != nil {
				return err
			}
			return enrolment.EnrolInFile(cmd.Context(), a.App, name, in, f, enrolment.NewFileKeeper(a.App, name))
		}),
	}
	f.Add(cmd)
	own.add(cmd)
	cmd.Flags().StringVar(&email, "email", "", "your email `address`, as the invitation has it")
	cmd.MarkFlagRequired("email")
	return cmd
}
