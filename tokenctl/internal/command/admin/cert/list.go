package cert

import (
	"context"
	"encoding/json"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/inventory"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

type listFlags struct {
	filterFlags
	limit    int
	all, csv bool
}

func newCertList(a *app) *cobra.Command {
	var f listFlags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List certificates",
		Long: `List certificates, the newest first, and say how many there are in all. All that is
asked for must hold. What is shown as good has the status live; those of active are good,
or were until they expired.

--csv prints all that is found as a table for a spreadsheet, --all prints all of it
as a table or, with --json, as a document. However much it is, it is passed on as it
comes; where it breaks off, the exit code says so and the document has no end.`,
		Example: `  tokenctl admin cert list --agency 'Northshire Police' --status held
  tokenctl admin cert list --expires-before 30d --status live --sort expires
  tokenctl admin cert list --csv > certificates.csv`,
		Args: cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			asked, err := f.filter()
			if err != nil {
				return err
			}
			if f.limit < 1 {
				return fault.New(fault.Usage, "give --all for all of them", "--limit: %d is no number of certificates", f.limit)
			}
			if f.csv && a.Screen.JSON() {
				return fault.New(fault.Usage, "choose one", "--csv and --json are two forms")
			}
			return a.certList(cmd.Context(), asked, f)
		}),
	}
	f.registerAll(cmd)
	cmd.Flags().IntVar(&f.limit, "limit", command.DefaultLimit, "print at most so `many`")
	cmd.Flags().BoolVar(&f.all, "all", false, "print all that is found")
	cmd.Flags().BoolVar(&f.csv, "csv", false, "print all that is found as comma-separated values")
	cmd.MarkFlagsMutuallyExclusive("limit", "all", "csv")
	return cmd
}

func (a *app) certList(ctx context.Context, asked api.CertificateFilter, f listFlags) error {
	t, c, err := a.SignIn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if f.csv {
		return a.Screen.Text(func(line func([]byte) error) error { return c.Inventory(ctx, asked, client.FormatCSV, line) })
	}
	var total int
	each := func(give func(any) error) error {
		return eachCertificate(ctx, c, asked, func(cert api.Certificate) error { total++; return give(cert) })
	}
	if !f.all {
		done := a.Screen.Progress("asking " + t.Mutual)
		found, err := certPages(ctx, c, asked, f.limit)
		done()
		if err != nil {
			return err
		}
		total = found.Total
		each = func(give func(any) error) error { return giveEach(found.Certificates, give) }
	}
	if a.Screen.JSON() {
		return a.Screen.Stream("certificates", each, func() any { return map[string]int{"total": total} })
	}
	shown, err := a.certTable(each)
	switch {
	case err != nil:
		return err
	case total == 0:
		a.Screen.Say("There is no such certificate among those that you administer.")
	case shown < total:
		a.Screen.Say("%d of %s. All of them: --all.", shown, ui.Count(total, "certificate"))
	default:
		a.Screen.Say("%s in all.", ui.Count(total, "certificate"))
	}
	return nil
}

// certPages reads as many pages as the limit takes.
func certPages(ctx context.Context, c *client.Client, asked api.CertificateFilter, limit int) (all api.Certificates, err error) {
	all.Certificates, all.Total, err = command.UpTo(limit, func(page, perPage int) ([]api.Certificate, int, error) {
		asked.Page, asked.PerPage = page, perPage
		answer, err := c.Certificates(ctx, asked)
		return answer.Value.Certificates, answer.Value.Total, err
	})
	return all, err
}

func eachCertificate(ctx context.Context, c *client.Client, asked api.CertificateFilter, give func(api.Certificate) error) error {
	return c.Inventory(ctx, asked, client.FormatJSON, func(line []byte) error {
		var cert api.Certificate
		if err := json.Unmarshal(line, &cert); err != nil {
			return fault.New(fault.BadAnswer, "see whether there is a newer tokenctl, or tell your administrator", "the service's list cannot be read").Because(err)
		}
		return give(cert)
	})
}

func giveEach[T any](items []T, give func(any) error) error {
	for _, item := range items {
		if err := give(item); err != nil {
			return err
		}
	}
	return nil
}

// certRow has columns of fixed width, so that a list of any length is printed as it comes;
// what varies most stands last.
const certRow = "%-41s  %-10s  %-10s  %-15s  %s"

func (a *app) certTable(each func(give func(any) error) error) (shown int, err error) {
	err = each(func(item any) error {
		if shown++; shown == 1 {
			a.Screen.Heading(certRow, "CERTIFICATE", "STATUS", "EXPIRES", "PROFILE", "HOLDER")
		}
		cert := item.(api.Certificate)
		a.Screen.Line(certRow, inventory.RefOf(cert), inventory.Standing(cert), ui.Day(cert.NotAfter), cert.Profile, cert.Holder)
		return nil
	})
	return shown, err
}
