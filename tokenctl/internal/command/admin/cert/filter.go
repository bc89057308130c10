package cert

import (
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mais/certs"
	"mais/server/api"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
)

var (
	statusWords = []string{"active", "held", "revoked", "superseded", "expired", "live"}
	sortWords   = []string{"expires", "-expires", "issued", "-issued", "holder", "-holder", "status", "-status"}
)

func profileWords() (all []string) {
	for _, r := range certs.AllRules {
		all = append(all, string(r.Profile))
	}
	return all
}

// filterFlags say which certificates.
type filterFlags struct {
	api.CertificateFilter
	expiresBefore, issuedFrom, issuedBefore string
}

// register adds the flags that an act on many takes as well as the list.
func (f *filterFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.User, "user", "", "those of the user with this `mail` address")
	cmd.Flags().StringVar(&f.Agency, "agency", "", "those of the users and sites of an agency, by its `name`")
	cmd.Flags().StringVar(&f.Site, "site", "", "those of a site and its users, by its `name`")
	cmd.Flags().StringVar(&f.Issuer, "issuer", "", "those of one issuing CA, such as people-1, by its `name`")
	cmd.Flags().StringVar(&f.issuedFrom, "issued-from", "", "issued at this `time` or later: YYYY-MM-DD (its beginning in UTC) or RFC 3339")
	cmd.Flags().StringVar(&f.issuedBefore, "issued-before", "", "issued before this `time`")
}

func (f *filterFlags) registerAll(cmd *cobra.Command) {
	f.register(cmd)
	cmd.Flags().StringVarP(&f.Query, "q", "q", "", "`part` of the holder, the name or, from six digits on, the serial")
	command.FixedWords(cmd, &f.Status, "status", "`status`", statusWords)
	command.FixedWords(cmd, &f.Profile, "profile", "`profile`", profileWords())
	command.FixedWords(cmd, &f.Sort, "sort", "`order`", sortWords)
	cmd.Flags().StringVar(&f.expiresBefore, "expires-before", "", "ending before this `time`: YYYY-MM-DD, RFC 3339, or 30d for so many days from now")
}

// filter checks the flags and returns what they say.
func (f *filterFlags) filter() (api.CertificateFilter, error) {
	out := f.CertificateFilter
	for _, w := range []struct {
		flag, given string
		allowed     []string
	}{{"status", f.Status, statusWords}, {"profile", f.Profile, profileWords()}, {"sort", f.Sort, sortWords}} {
		if err := command.OneOf(w.flag, w.given, w.allowed); err != nil {
			return out, err
		}
	}
	for _, m := range []struct {
		flag, given string
		to          *time.Time
	}{{"expires-before", f.expiresBefore, &out.ExpiresBefore}, {"issued-from", f.issuedFrom, &out.IssuedFrom}, {"issued-before", f.issuedBefore, &out.IssuedBefore}} {
		var err error
		if *m.to, err = parseMoment(m.flag, m.given); err != nil {
			return out, err
		}
	}
	return out, nil
}

const maxDays = 36500

// parseMoment reads a time as a flag gives it: RFC 3339, a day, which begins in UTC, or so
// many days from now. Nothing is the zero time.
func parseMoment(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	if number, ok := strings.CutSuffix(text, "d"); ok {
		if days, err := strconv.Atoi(number); err == nil && 0 <= days && days <= maxDays {
			return now().UTC().Add(time.Duration(days) * 24 * time.Hour), nil
		}
	}
	return time.Time{}, fault.New(fault.Usage, "write it as 2026-03-31, as 2026-03-31T17:00:00Z or, for days from now, as 30d",
		"--%s: %.40q is not a time", flag, text)
}
