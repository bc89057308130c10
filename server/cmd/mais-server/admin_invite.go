package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"mais/server"
	"mais/server/internal/people"
)

func inviteCommand() *cobra.Command {
	var flags settingsFlags
	var u people.User
	var site string
	cmd := &cobra.Command{
		Use:   "invite EMAIL",
		Short: "Register a user, or a fresh code for one, shown once",
		Long: `invite makes an enrolment code for the user with this address and shows it once. A user who
is not registered yet is, with --name, --site and --role. Earlier codes of the user are void.`,
		Args: cobra.ExactArgs(1),
	}
	cmd.RunE = onHost(&flags, func(ctx context.Context, cmd *cobra.Command, host *server.Host, args []string) error {
		var err error
		if u.Email, err = parseEmail(args[0]); err != nil {
			return usage(err)
		}
		if site != "" {
			place, err := findSite(ctx, host, site)
			if err != nil {
				return err
			}
			u.Sites, u.Agency = []string{place.ID}, place.Agency
		}
		invitation, err := host.InviteUser(ctx, u, operator())
		if errors.Is(err, people.ErrNoRole) {
			return advise(err, "the built-in roles are police_officer, clinician, record_clinician, administrator, agency_administrator and governance_officer")
		}
		if errors.Is(err, people.ErrUnknown) {
			return advise(err, "give --name, --site and --role to register the user")
		}
		if err != nil {
			return err
		}
		writeInvitation(cmd.OutOrStdout(), invitation)
		return nil
	})
	flags.add(cmd)
	cmd.Flags().StringVar(&u.Name, "name", "", "full `NAME`")
	cmd.Flags().StringVar(&site, "site", "", "`SITE` where the user works")
	cmd.Flags().StringArrayVar(&u.Roles, "role", nil, "`ROLE`, may be repeated")
	return cmd
}

func inviteSiteCommand() *cobra.Command {
	var flags settingsFlags
	var names []string
	cmd := &cobra.Command{
		Use:   "invite-site SITE",
		Short: "A fresh code that enrols a site, shown once",
		Long: `invite-site makes a code for the site's own certificate. With --dns-name the certificate
also serves under those names, for a site that others call; they must be among the names of
the root's ceremony.`,
		Args: cobra.ExactArgs(1),
	}
	cmd.RunE = onHost(&flags, func(ctx context.Context, cmd *cobra.Command, host *server.Host, args []string) error {
		place, err := findSite(ctx, host, args[0])
		if err != nil {
			return err
		}
		invitation, err := host.InviteSite(ctx, place, names, operator())
		if err != nil {
			return err
		}
		writeInvitation(cmd.OutOrStdout(), invitation)
		return nil
	})
	flags.add(cmd)
	cmd.Flags().StringArrayVar(&names, "dns-name", nil, "a `NAME` under which the site serves, may be repeated")
	return cmd
}

func findSite(ctx context.Context, host *server.Host, name string) (people.Site, error) {
	sites, err := host.Register.Sites(ctx)
	if err != nil {
		return people.Site{}, err
	}
	var names []string
	for _, s := range sites {
		if s.Name == name {
			return s, nil
		}
		names = append(names, fmt.Sprintf("%q", s.Name))
	}
	return people.Site{}, &failure{fmt.Errorf("there is no site %q", name), "the sites are: " + strings.Join(names, ", "), exitNotFound}
}

// writeInvitation shows a code, which nobody can learn again.
func writeInvitation(w io.Writer, i server.Invitation) {
	fmt.Fprintf(w, "Code for %s, shown once, good until %s:\n\n  %s\n\nEnrol with, and type the code when asked:\n\n  %s\n\n",
		i.Holder, i.Expires.UTC().Format(time.RFC3339), i.Code.Reveal(), i.Command)
	if strings.HasPrefix(i.Command, "tokenctl enrol ") {
		fmt.Fprint(w, "With a smart card in a reader: 'tokenctl piv enrol' with the same flags.\n\n")
	}
}

// parseEmail returns a bare address in lower case.
func parseEmail(text string) (string, error) {
	a, err := mail.ParseAddress(text)
	if err != nil || a.Name != "" || a.Address != text || strings.ContainsFunc(text, unicode.IsControl) {
		return "", fmt.Errorf("%q is not an email address such as officer@police.example", text)
	}
	return strings.ToLower(text), nil
}
