package config

import (
	"fmt"
	"net/mail"
	"strings"
	"time"
)

// Mail is how the service writes to people: before a certificate ends, when one is held,
// released or revoked, and with the code of an invitation. Either Host or Directory.
type Mail struct {
	// Host is the DNS name or address of the mail server that takes the service's mail, as
	// its certificate has it.
	Host string `toml:"host,omitempty"`
	// Port. Default 587 with "starttls", 465 with "implicit", 25 with "none".
	Port int `toml:"port,omitempty"`
	// From is the sender: "mais@mais.example", or "MAIS <mais@mais.example>". Required. What
	// bounces comes back to it, so somebody should read it. Its domain stands in the
	// Message-ID.
	From string `toml:"from"`
	// Bounces is where mail that cannot be delivered comes back to, one bare address. Each
	// mail adds a mark of its own to it, "bounce+MARK@mais.example", so the mail server must
	// deliver those to the same place: to `mais-server mail bounced`, which notes who was not
	// reached. Default none: it comes back to From.
	Bounces string `toml:"bounces,omitempty"`
	// ReplyTo is where answers go. Default: to From.
	ReplyTo string `toml:"reply_to,omitempty"`
	// TLS is how the connection is protected: "starttls" (RFC 3207), which is demanded and
	// not just tried; "implicit" (RFC 8314), TLS from the first byte; or "none", for a mail
	// server on this machine only. Default "starttls".
	TLS string `toml:"tls,omitempty"`
	// RootFile holds the certificates, PEM, that the mail server's own may lead to. Default:
	// those of the operating system.
	RootFile string `toml:"root_file,omitempty"`
	// Username and PasswordFile sign in to the mail server; both or neither, and not with
	// TLS "none". Default: the mail server knows us by our address.
	Username     string `toml:"username,omitempty"`
	PasswordFile string `toml:"password_file,omitempty"`
	// Directory is where each mail is put as a file NAME.eml instead of being sent, for
	// training and for trying out. It is made if need be. Whoever can read it can read
	// invitation codes.
	Directory string `toml:"directory,omitempty"`
	// WarnBefore says how long before the end of their token people are written to, each in
	// whole hours; one that is longer than half of a token's life does not count for it. They
	// are told once more when it has ended. Default ["720h", "168h", "24h"]; [] is only then.
	// Sites renew by themselves: their administrators are told when that is overdue.
	WarnBefore []Duration `toml:"warn_before"`
}

// The ways to protect the connection to the mail server.
const (
	MailStartTLS = "starttls"
	MailImplicit = "implicit"
	MailNoTLS    = "none"
)

const (
	maxWarnings     = 10
	maxWarnBefore   = 90 * 24 * time.Hour
	maxMailAddress  = 254 // RFC 5321, 4.5.3.1.3, without its angle brackets
	maxMailUsername = 254
)

// defaults fills in what the file does not say.
func (m *Mail) defaults() {
	if m.WarnBefore == nil {
		m.WarnBefore = []Duration{Duration(720 * time.Hour), Duration(168 * time.Hour), Duration(24 * time.Hour)}
	}
	if m.Host == "" {
		return
	}
	if m.TLS == "" {
		m.TLS = MailStartTLS
	}
	if m.Port == 0 {
		m.Port = map[string]int{MailStartTLS: 587, MailImplicit: 465, MailNoTLS: 25}[m.TLS]
	}
}

func (c *checker) mail(m *Mail) {
	m.defaults()
	switch {
	case m.Host == "" && m.Directory == "":
		c.fault("mail.host", "is required, or mail.directory")
	case m.Host != "" && m.Directory != "":
		c.fault("mail.directory", "cannot be had together with mail.host")
	case m.Directory != "" && (m.Port != 0 || m.TLS != "" || m.RootFile != "" || m.Username != "" || m.PasswordFile != ""):
		c.fault("mail.directory", "needs no mail server: take the settings of one away")
	case m.Host != "":
		c.mailServer(m)
	}
	c.address("mail.from", m.From, true)
	c.address("mail.reply_to", m.ReplyTo, false)
	c.bounces(m.Bounces)
	c.text("mail.directory", m.Directory, 0, 4096)
	if len(m.WarnBefore) > maxWarnings {
		c.fault("mail.warn_before", "there are %d: at most %d", len(m.WarnBefore), maxWarnings)
	}
	for _, d := range m.WarnBefore {
		c.duration("mail.warn_before", d, time.Hour, maxWarnBefore)
		if d.Std()%time.Hour != 0 {
			c.fault("mail.warn_before", "%s is not a number of whole hours", d)
		}
	}
}

func (c *checker) mailServer(m *Mail) {
	c.host("mail.host", m.Host)
	c.number("mail.port", m.Port, 1, 65535)
	c.text("mail.username", m.Username, 0, maxMailUsername)
	c.text("mail.password_file", m.PasswordFile, 0, 4096)
	c.text("mail.root_file", m.RootFile, 0, 4096)
	if (m.Username == "") != (m.PasswordFile == "") {
		c.fault("mail.username", "and mail.password_file go together")
	}
	switch m.TLS {
	case MailStartTLS, MailImplicit:
	case MailNoTLS:
		if !isLoopback(m.Host) {
			c.fault("mail.tls", "%q is for a mail server on this machine, and %s is not", m.TLS, m.Host)
		}
		if m.Username != "" {
			c.fault("mail.username", "would be sent without TLS")
		}
	default:
		c.fault("mail.tls", "%.40q is none of %q, %q, %q", m.TLS, MailStartTLS, MailImplicit, MailNoTLS)
	}
}

// maxBounceLocal leaves room for a mark of 33 characters within 64 (RFC 5321, 4.5.3.1.1).
const maxBounceLocal = 31

// bounces checks an address that marks are added to.
func (c *checker) bounces(value string) {
	if value == "" {
		return
	}
	a, err := ParseAddress(value)
	if err != nil || a.Address != value || strings.Contains(value, "+") {
		c.fault("mail.bounces", "%.80q is not one bare email address without +", value)
		return
	}
	if local, _, _ := strings.Cut(value, "@"); len(local) > maxBounceLocal {
		c.fault("mail.bounces", "has more than %d characters before the @: no mark fits behind them", maxBounceLocal)
	}
}

// address checks a mail address, which may have a name before it.
func (c *checker) address(key, value string, required bool) {
	if value == "" && !required {
		return
	}
	c.text(key, value, 1, 2*maxMailAddress)
	if _, err := ParseAddress(value); value != "" && err != nil {
		c.fault(key, "%.80q is not an email address such as \"MAIS <mais@mais.example>\"", value)
	}
}

// ParseAddress parses one mail address with or without a name: of ASCII, at a DNS name in
// lower or upper case, and without quotes or comments (RFC 5321's Dot-string at a Domain).
func ParseAddress(text string) (*mail.Address, error) {
	a, err := mail.ParseAddress(text)
	if err != nil {
		return nil, err
	}
	local, domain, _ := strings.Cut(a.Address, "@")
	if len(a.Address) > maxMailAddress || len(local) > 64 || !isDotAtom(local) || !isDomain(domain) {
		return nil, fmt.Errorf("%.80q is not a plain email address", a.Address)
	}
	return a, nil
}

// isDotAtom reports whether a text is atoms with dots between them (RFC 5322, 3.2.3).
func isDotAtom(text string) bool {
	for atom := range strings.SplitSeq(text, ".") {
		if atom == "" || strings.ContainsFunc(atom, func(r rune) bool { return !isAtom(r) }) {
			return false
		}
	}
	return true
}

func isAtom(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
}

func isDomain(name string) bool {
	return len(name) <= 253 && dnsName.MatchString(strings.ToLower(name))
}
