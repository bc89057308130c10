package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/fault"
)

func newAdmin(a *app) *cobra.Command {
	return group("admin", "Administer people, places, roles, certificates and the audit",
		`Administer the service: invite, change and end people; agencies, sites, networks and
roles; what waits for a second person; certificates and cards, with what proves how
they stand; who is signed in; reviews of who has access; and the audit. Your role
decides what you administer: everything, the people and places of your own agency,
or what was looked at. What is not yours is not shown, and cannot be touched.

Every act is recorded in the service's audit under your name.`,
		"  tokenctl admin overview\n  tokenctl admin user list --stage lapsed\n  tokenctl admin cert list --expires-before 30d",
		newAdminCert(a), newAdminUser(a), newAdminCard(a), newAdminPlan(a), newAdminCA(a), newAdminExpiries(a), newAdminUsage(a), newAdminOverview(a), newAdminQuarantine(a), newAdminChange(a), newAdminAgency(a), newAdminSite(a), newAdminNetwork(a), newAdminRole(a), newAdminReview(a), newAdminSession(a), newAdminAudit(a))
}

func newAdminCert(a *app) *cobra.Command {
	return group("cert", "Look at certificates and change how they stand",
		`Look at certificates and change how they stand. A certificate is named by its
serial number, whole, colons allowed, or where two issuers have given the same one
by ISSUER/SERIAL.

Hold, release and revoke make a plan first: the list of what they would change, and
of who would be left without access. Nothing is done before the plan is confirmed.`,
		"  tokenctl admin cert show people-1/7f3a…",
		newCertList(a), newCertShow(a), newCertIssue(a),
		newCertAct(a, holding), newCertAct(a, releasing), newCertAct(a, revoking),
		newCertExport(a), newCertReceipt(a))
}

func newAdminCA(a *app) *cobra.Command {
	return group("ca", "See how the certificate authority stands",
		"See how the certificate authority stands, from the service and from here.",
		"  tokenctl admin ca check", newCACheck(a))
}

// group is a command that only holds others.
func group(use, short, long, example string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: short, Long: long, Example: example,
	}
	cmd.AddCommand(commands...)
	return cmd
}

// fixedWords is a flag that takes one of some words; the zero word is none.
func fixedWords(cmd *cobra.Command, to *string, name, usage string, allowed []string) {
	cmd.Flags().StringVar(to, name, *to, usage+": "+strings.Join(allowed, ", "))
	cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(allowed, cobra.ShellCompDirectiveNoFileComp))
}

// oneOf checks such a flag.
func oneOf(name, given string, allowed []string) error {
	if given == "" || slices.Contains(allowed, given) {
		return nil
	}
	return fault.New(fault.Usage, "choose one of: "+strings.Join(allowed, ", "), "--%s: %.40q is none of its words", name, given)
}
