package site

import (
	"strings"

	"github.com/spf13/cobra"

	"mais/certs"
	"mais/tokenctl/internal/command/enrolment"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
	"mais/tokenctl/internal/ui"
)

const maxSiteName = 200

func newSiteEnrol(a *app) *cobra.Command {
	var f enrolment.Flags
	var site string
	cmd := &cobra.Command{
		Use:   "enrol",
		Short: "Make a site's token with the code of its invitation",
		Long: `Make a site's token, and remember the key of the server as its pin.

Nobody is there to type a passphrase when a site calls, so that the key is kept
in the clear, in a file that only the user who runs this command can read: run it
as the user of the calling system, on a disk that is encrypted. With
--passphrase-file the key is encrypted, and every later command needs the file.

The token's name is made from the site's; choose another with --token.`,
		Example: `  tokenctl site enrol --server https://mais.example:8443 \
      --root-fingerprint sha256:HEX --site "Northgate Custody Suite" --code-file code.txt`,
		Args: cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			site = strings.Join(strings.Fields(site), " ")
			if site == "" || len(site) > maxSiteName || ui.Clean(site) != site {
				return fault.New(fault.Usage, "copy the name from the invitation", "--site: %.80q is not the name of a site", site)
			}
			in, err := f.Invitation(certs.Site, site)
			if err != nil {
				return err
			}
			name := a.Token
			if name == "" {
				name = token.NameFor(site)
			}
			if err := f.CanAsk(); err != nil {
				return err
			}
			keeper := enrolment.ClearKeeper
			if a.PassphraseFile != "" {
				keeper = enrolment.NewFileKeeper(a.App, name)
			}
			return enrolment.EnrolInFile(cmd.Context(), a.App, name, in, f, keeper)
		}),
	}
	f.Add(cmd)
	cmd.Flags().StringVar(&site, "site", "", "`name` of the site, as the invitation has it")
	cmd.MarkFlagRequired("site")
	return cmd
}
