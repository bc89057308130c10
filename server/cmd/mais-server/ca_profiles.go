package main

import (
	"fmt"
	"io"
	"net"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"mais/ca"
)

func caProfilesCommand() *cobra.Command {
	var flags settingsFlags
	var asJSON, rules bool
	cmd := &cobra.Command{
		Use:   "profiles",
		Short: "Print each kind of certificate in full, or the rules that it is held against",
		Long: `profiles prints each kind of certificate that the service issues, as the settings have it:
keys, validity, usages, alternative name, policy OID, addresses, extensions. Validity and keys
are set in [ca.profile.NAME]. The rest is fixed, because sites, tokenctl and every node demand
exactly it.

With --rules it prints what every certificate is held against before it is signed: our own
rules, and those of zlint, with a reason for each that is left out. A refusal names the rule.

It reads the settings alone; the service need not run.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if rules {
				return printRules(cmd.OutOrStdout(), asJSON)
			}
			return printProfiles(cmd.OutOrStdout(), &flags, asJSON)
		},
	}
	flags.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	cmd.Flags().BoolVar(&rules, "rules", false, "the rules instead of the profiles; no settings are read")
	return cmd
}

func printProfiles(out io.Writer, flags *settingsFlags, asJSON bool) error {
	settings, err := flags.load()
	if err != nil {
		return err
	}
	// Where no address is set, the port that the server would take says enough.
	listen, err := net.ResolveTCPAddr("tcp", settings.Listen.Plain)
	if err != nil {
		return fmt.Errorf("listen.plain: %w", err)
	}
	set := settings.CA.Profile
	all, err := ca.Profiles(set.Validities(), set.Keys(), settings.BaseURL(settings.Listen.PlainURL, "http", listen))
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(out, all)
	}
	for n, p := range all {
		if n > 0 {
			fmt.Fprintln(out)
		}
		printProfile(out, p)
	}
	return nil
}

func printProfile(out io.Writer, p ca.Profile) {
	fmt.Fprintln(out, p.Name)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	defer table.Flush()
	issuer := "the issuing CAs of the series " + p.Issuer
	if p.Issuer == "" {
		issuer = "each issuing CA for itself"
	}
	var keys []string
	for _, k := range p.Keys {
		keys = append(keys, string(k))
	}
	for _, row := range [][2]string{
		{"issued by", issuer}, {"level", p.Level}, {"keys", strings.Join(keys, ", ")}, {"validity", p.Validity + ", from " + p.Backdated + " before, and never beyond its issuer"},
		{"serial number", p.Serial}, {"subject", p.Subject},
	} {
		fmt.Fprintf(table, "  %s\t%s\n", row[0], row[1])
	}
	for _, e := range p.Extensions {
		critical := ""
		if e.Critical {
			critical = ", critical"
		}
		fmt.Fprintf(table, "  %s\t%s (%s%s)\n", e.Name, e.Value, e.OID, critical)
	}
}

func printRules(out io.Writer, asJSON bool) error {
	all, err := ca.LintRules()
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(out, all)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, r := range all {
		what := r.Demands
		if r.LeftOut != "" {
			what = "left out: " + r.LeftOut
		}
		fmt.Fprintf(table, "%s\t%s\n", r.Name, strings.Join(strings.Fields(what), " "))
	}
	return table.Flush()
}
