package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Validate returns every fault of the settings, joined, or nil.
func (s *Server) Validate() error {
	c := &checker{}
	c.text("data_dir", s.DataDir, 1, 4096)
	c.text("deployment", s.Deployment, 1, 64)
	c.text("contact", s.Contact, 1, 200)
	if len(s.Names) == 0 {
		c.fault("names", "at least one DNS name or address is needed")
	}
	for _, name := range s.Names {
		c.host("names", name)
	}
	for _, name := range s.SiteNames {
		c.hostRange("site_names", name)
	}
	c.listen(&s.Listen)
	c.ca(&s.CA)
	if s.Database != nil {
		c.database(s.Database)
	}
	c.limits(&s.Limits)
	c.attestation(&s.Attestation)
	c.passwords(&s.Passwords)
	c.invitations(s.Invitations)
	c.reviews(s.Reviews)
	c.alerts(s.Alerts)
	if s.Mail != nil {
		c.mail(s.Mail)
	}
	if s.Backup != nil {
		c.backup(s.Backup)
	}
	c.urgent(s.Urgent)
	return errors.Join(c.faults...)
}

type checker struct{ faults []error }

func (c *checker) fault(key, format string, args ...any) {
	c.faults = append(c.faults, fmt.Errorf("%s: %s", key, fmt.Sprintf(format, args...)))
}

func (c *checker) text(key, value string, low, high int) {
	switch {
	case len(value) < low:
		c.fault(key, "is required")
	case len(value) > high:
		c.fault(key, "is longer than %d bytes", high)
	case strings.ContainsFunc(value, unicode.IsControl):
		c.fault(key, "holds a control character")
	}
}

func (c *checker) duration(key string, d Duration, low, high time.Duration) {
	if d.Std() < low || d.Std() > high {
		c.fault(key, "%s is out of range: want %s to %s", d, low, high)
	}
}

func (c *checker) number(key string, n, low, high int) {
	if n < low || n > high {
		c.fault(key, "%d is out of range: want %d to %d", n, low, high)
	}
}

var dnsName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$`)

func isHost(name string) bool {
	if a, err := netip.ParseAddr(name); err == nil {
		return a.Zone() == ""
	}
	return len(name) <= 253 && dnsName.MatchString(name)
}

func (c *checker) host(key, name string) {
	if !isHost(name) {
		c.fault(key, "%q is neither a DNS name in lower case nor an address", name)
	}
}

func (c *checker) hostRange(key, name string) {
	if p, err := netip.ParsePrefix(name); err == nil {
		if p.Masked() != p || p.Bits() == 0 {
			c.fault(key, "%q is not a range: want the network's first address, and not /0", name)
		}
		return
	}
	c.host(key, strings.TrimPrefix(name, "."))
}

func (c *checker) listen(l *Listen) {
	all := map[string]string{}
	for _, a := range []struct{ key, value string }{
		{"listen.public", l.Public}, {"listen.mutual", l.Mutual}, {"listen.plain", l.Plain}, {"listen.ops", l.Ops},
	} {
		host, port, err := net.SplitHostPort(a.value)
		if err != nil {
			c.fault(a.key, "%q is not address:port", a.value)
			continue
		}
		if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
			c.fault(a.key, "%q is not a port", port)
		}
		if host != "" && host != "localhost" && !isHost(host) {
			c.fault(a.key, "%q is not an address", host)
		}
		if a.key == "listen.ops" && !isLoopback(host) {
			c.fault(a.key, "%q is not a loopback address: health and metrics are for this machine only", a.value)
		}
		if other, taken := all[a.value]; taken && port != "0" {
			c.fault(a.key, "is the same as %s", other)
		}
		all[a.value] = a.key
	}
	c.url("listen.plain_url", l.PlainURL, "http")
	c.url("listen.mutual_url", l.MutualURL, "https")
	c.url("listen.public_url", l.PublicURL, "https")
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

func (c *checker) url(key, value, scheme string) {
	if value == "" {
		return
	}
	u, err := url.Parse(value)
	if err != nil || u.Scheme != scheme || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil {
		c.fault(key, "%q is not %s://host or %s://host:port", value, scheme, scheme)
	}
}

func (c *checker) ca(a *CA) {
	c.profiles(&a.Profile)
	c.text("ca.key_manager", a.KeyManager, 0, 1024)
	if strings.Contains(a.KeyManager, "pin-value") {
		c.fault("ca.key_manager", "holds a PIN: write it into a file, and pin-source=FILE here")
	}
	c.duration("ca.grace", a.Grace, 0, 7*day)
	c.duration("ca.status_stale", a.StatusStale, time.Second, time.Minute)
	c.duration("ca.receipts_for", a.ReceiptsFor, 31*24*time.Hour, 30*365*24*time.Hour)
}

func (c *checker) database(d *Database) {
	if d.Port == 0 {
		d.Port = 5432
	}
	if d.Name == "" {
		d.Name = "mais"
	}
	c.number("database.port", d.Port, 1, 65535)
	if d.Host == "" {
		c.fault("database.host", "is required")
	} else {
		c.host("database.host", d.Host)
	}
	c.text("database.name", d.Name, 1, 63)
	c.text("database.root_file", d.RootFile, 1, 4096)
	c.text("database.cert_file", d.CertFile, 1, 4096)
	c.text("database.key_file", d.KeyFile, 1, 4096)
	c.text("database.password_dir", d.PasswordDir, 1, 4096)
}

func (c *checker) limits(l *Limits) {
	c.duration("limits.session_idle", l.SessionIdle, 10*time.Second, time.Hour)
	c.duration("limits.session_total", l.SessionTotal, time.Minute, 24*time.Hour)
	c.number("limits.connections_per_source", l.ConnectionsPerSource, 1, 1<<20)
	c.number("limits.connections", l.Connections, 1, 1<<20)
	c.number("limits.enrolments_per_minute", l.EnrolmentsPerMinute, 1, 1<<20)
}
