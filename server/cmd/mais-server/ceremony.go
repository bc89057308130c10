package main

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mais/ca/ceremony"
	"mais/certs"
	"mais/config"
	"mais/server"
)

// ceremonyHeld reports whether the CA has been made.
func ceremonyHeld(settings *config.Server) (bool, error) {
	_, err := os.Stat(filepath.Join(server.KeyDir(settings), "root.crt"))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// holdCeremony makes the CA: root, issuing CAs and their name constraints.
func holdCeremony(ctx context.Context, settings *config.Server, passphrase config.Secret) (certs.Fingerprint, error) {
	unlock, err := config.ReadSecret(settings.UnlockPath())
	if err != nil {
		return certs.Fingerprint{}, err
	}
	domains, ranges := constraints(settings)
	return ceremony.Init(ctx, ceremony.Ceremony{
		Dir: server.KeyDir(settings), Name: settings.Deployment, DNSNames: domains, IPRanges: ranges,
		RootPassphrase: passphrase, Unlock: unlock, PlainURL: plainURL(settings), Manager: settings.CA.KeyManager,
	})
}

// constraints are what certificates of this deployment may name: its own names and
// addresses, and those of its sites.
func constraints(settings *config.Server) (domains []string, ranges []netip.Prefix) {
	domains, addresses := settings.Hosts()
	for _, a := range addresses {
		ranges = append(ranges, netip.PrefixFrom(a, a.BitLen()))
	}
	for _, name := range settings.SiteNames {
		if p, err := netip.ParsePrefix(name); err == nil {
			ranges = append(ranges, p)
		} else if a, err := netip.ParseAddr(name); err == nil {
			ranges = append(ranges, netip.PrefixFrom(a, a.BitLen()))
		} else {
			domains = append(domains, strings.TrimPrefix(name, "."))
		}
	}
	return distinct(domains), distinct(ranges)
}

// distinct leaves out what is there before: a name of the server may be one of the sites' too.
func distinct[T comparable](all []T) (once []T) {
	for _, one := range all {
		if !slices.Contains(once, one) {
			once = append(once, one)
		}
	}
	return once
}

// plainURL is what certificates carry for revocation lists, as far as it is known before
// anything listens.
func plainURL(settings *config.Server) string {
	if settings.Listen.PlainURL != "" {
		return settings.Listen.PlainURL
	}
	_, port, err := net.SplitHostPort(settings.Listen.Plain)
	if err != nil || len(settings.Names) == 0 {
		return ""
	}
	return "http://" + net.JoinHostPort(settings.Names[0], port)
}
