package lifecycle

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"mais/ca"
	"mais/certs"
	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/people"
)

// Certificates returns a page of the inventory, of what the caller administers.
func (s *Service) Certificates(ctx context.Context, p authn.Principal, f api.CertificateFilter) (api.Certificates, error) {
	r := reachOf(p)
	if !r.administers() {
		return api.Certificates{}, ErrNotAllowed
	}
	chosen, err := s.read(ctx, r, f)
	if err != nil {
		return api.Certificates{}, err
	}
	page := api.Certificates{Page: orElse(f.Page, 1), PerPage: orElse(f.PerPage, defaultPage)}
	order := f.Sort
	if order == "" {
		order = "-issued"
	}
	var found []ca.Entry
	if found, page.Total, err = s.opts.CA.Inventory(ctx, chosen, order, page.PerPage, (page.Page-1)*page.PerPage); err != nil {
		return api.Certificates{}, err
	}
	page.Certificates, err = s.wire(ctx, found)
	return page, err
}

func orElse(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

// EachCertificate gives all that a filter finds, the newest first, whatever its order; page and
// per_page are not read.
func (s *Service) EachCertificate(ctx context.Context, p authn.Principal, f api.CertificateFilter, give func(api.Certificate) error) error {
	r := reachOf(p)
	if !r.administers() {
		return ErrNotAllowed
	}
	chosen, err := s.read(ctx, r, f)
	if err != nil {
		return err
	}
	return s.opts.CA.Each(ctx, chosen, func(batch []ca.Entry) error {
		certificates, err := s.wire(ctx, batch)
		if err != nil {
			return err
		}
		for _, c := range certificates {
			if err := give(c); err != nil {
				return err
			}
		}
		return nil
	})
}

// Own returns all certificates ever issued to the caller, newest first.
func (s *Service) Own(ctx context.Context, p authn.Principal) ([]api.Certificate, error) {
	if p.Identity().IsZero() {
		return nil, ErrNotAllowed
	}
	found, err := s.opts.CA.FindIdentity(ctx, p.Identity())
	if err != nil {
		return nil, err
	}
	return s.wire(ctx, found)
}

// entry returns a certificate that the caller administers or holds.
func (s *Service) entry(ctx context.Context, p authn.Principal, ref certs.Ref) (ca.Entry, error) {
	r := reachOf(p)
	none := ErrUnknown
	if !r.administers() {
		none = ErrNotAllowed // whether it is there or not
	}
	found, err := s.opts.CA.Get(ctx, ref)
	if errors.Is(err, ca.ErrUnknown) {
		return ca.Entry{}, none
	}
	if err != nil {
		return ca.Entry{}, err
	}
	if within, err := s.within(ctx, r, found.Identity); err != nil || !within {
		return ca.Entry{}, errors.Join(err, none)
	}
	return found, nil
}

// Certificate returns one certificate that the caller administers or holds, with its history
// and its line.
func (s *Service) Certificate(ctx context.Context, p authn.Principal, ref certs.Ref) (api.CertificateDetail, error) {
	found, err := s.entry(ctx, p, ref)
	if err != nil {
		return api.CertificateDetail{}, err
	}
	line, err := s.opts.CA.LineOf(ctx, ref)
	if err != nil {
		return api.CertificateDetail{}, err
	}
	all, err := s.wire(ctx, append([]ca.Entry{found}, line...))
	if err != nil {
		return api.CertificateDetail{}, err
	}
	d := api.CertificateDetail{Certificate: all[0], Line: all[1:], History: []api.StatusChange{}}
	if d.May, err = s.may(ctx, reachOf(p), found); err != nil {
		return api.CertificateDetail{}, err
	}
	if d.History, err = s.history(ctx, reachOf(p), ref); err != nil {
		return api.CertificateDetail{}, err
	}
	err = s.show(ctx, ref, &d)
	return d, err
}

// history are the changes of a certificate's status, oldest first, with who made them by name.
// What was noted beside them is not for the holder's eyes.
func (s *Service) history(ctx context.Context, r reach, ref certs.Ref) ([]api.StatusChange, error) {
	changes, err := s.opts.CA.History(ctx, ref)
	if err != nil {
		return nil, err
	}
	var by []certs.Identity
	for _, c := range changes {
		if who, err := certs.ParseIdentity(c.By); err == nil {
			by = append(by, who)
		}
	}
	members, err := s.whose(ctx, by)
	if err != nil {
		return nil, err
	}
	history := []api.StatusChange{}
	for _, c := range changes {
		change := api.StatusChange{Number: c.Number, Status: string(c.Status), At: c.At.UTC(), By: c.By, Reason: c.Reason, FirstAt: given(c.FirstAt), RaisedFrom: c.RaisedFrom}
		if who, err := certs.ParseIdentity(c.By); err == nil && members[who.ID()].Label != "" {
			change.By = members[who.ID()].Label
		}
		if r.administers() {
			change.Plan, change.Note = c.Plan, c.Note
		}
		history = append(history, change)
	}
	return history, nil
}

// show adds what is read from the certificate itself.
func (s *Service) show(ctx context.Context, ref certs.Ref, d *api.CertificateDetail) error {
	der, err := s.opts.CA.DER(ctx, ref)
	if err != nil {
		return err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return fmt.Errorf("parse certificate %s: %w", ref, err)
	}
	d.PEM = string(certs.EncodeCertificates(cert))
	d.Fingerprint, d.Pin = certs.FingerprintOf(der).String(), certs.PinOf(cert).String()
	d.KeyType, d.SAN = keyType(cert.PublicKey), alternativeNames(cert)
	return nil
}

// alternativeNames are all subject alternative names that we issue, in the notation of OpenSSL.
func alternativeNames(cert *x509.Certificate) []string {
	names := []string{}
	for _, name := range cert.DNSNames {
		names = append(names, "DNS:"+name)
	}
	for _, ip := range cert.IPAddresses {
		names = append(names, "IP:"+ip.String())
	}
	for _, uri := range cert.URIs {
		names = append(names, "URI:"+uri.String())
	}
	return names
}

// keyType names a key's algorithm and size.
func keyType(pub crypto.PublicKey) string {
	name := string(certs.KeyTypeOf(pub))
	if _, ok := pub.(*ecdsa.PublicKey); ok {
		name = "ECDSA " + name
	}
	return name
}

// may lists what somebody may do to a certificate that they may look at: nothing, if they may
// not change it.
func (s *Service) may(ctx context.Context, r reach, e ca.Entry) ([]string, error) {
	now, acts := s.now(), []string{}
	if within, err := s.reaches(ctx, r, e.Identity); err != nil || !within {
		return acts, err
	}
	if e.Status == certs.Active && now.Before(e.NotAfter) {
		acts = append(acts, "hold")
	}
	if e.Status == certs.Held && now.Before(e.NotAfter) {
		permitted, err := s.permits(ctx, r, "release", e.Identity)
		if err != nil {
			return nil, err
		}
		if permitted {
			acts = append(acts, "release")
		}
	}
	if e.Status != certs.Revoked || e.Reason != ca.KeyCompromise.String() { // which raises what was revoked for less
		acts = append(acts, "revoke")
	}
	acts = append(acts, "export")
	if e.Status != certs.Active || e.StatusBy != "" {
		acts = append(acts, "receipt")
	}
	return acts, nil
}

// receiptWait is how long Receipt waits for every node to be accounted for.
const receiptWait = 2 * time.Second

// Receipt returns the JWS for a change of status of a certificate that the caller administers or
// holds: the one of a number, or the last for 0. It is ErrUnknown when there was none, or when it
// is so old that no receipt is made of it any more. It waits a moment for the receipt to be
// final, and gives it as it is then.
func (s *Service) Receipt(ctx context.Context, p authn.Principal, ref certs.Ref, number int64) (jws string, err error) {
	if _, err := s.entry(ctx, p, ref); err != nil {
		return "", err
	}
	waiting, cancel := context.WithTimeout(ctx, receiptWait)
	defer cancel()
	if number == 0 {
		jws, _, err = s.opts.CA.ReceiptWait(waiting, ref)
	} else {
		jws, _, err = s.opts.CA.ReceiptOf(waiting, ref, number)
	}
	if errors.Is(err, ca.ErrUnknown) || errors.Is(err, ca.ErrNotAllowed) {
		err = ErrUnknown
	}
	return jws, err
}

// wire turns entries into what the API says of them; agencies and names come from the register
// in one question.
func (s *Service) wire(ctx context.Context, found []ca.Entry) ([]api.Certificate, error) {
	var ids []certs.Identity
	for _, e := range found {
		ids = append(ids, e.Identity)
		if e.Card != nil {
			ids = append(ids, e.Card.Witness)
		}
		for _, text := range []string{e.StatusBy, e.IssuedBy} {
			if by, err := certs.ParseIdentity(text); err == nil {
				ids = append(ids, by)
			}
		}
	}
	members, err := s.whose(ctx, ids)
	if err != nil {
		return nil, err
	}
	now, out := s.now(), make([]api.Certificate, 0, len(found))
	for _, e := range found {
		out = append(out, certificate(e, members, now))
	}
	return out, nil
}

func certificate(e ca.Entry, members map[string]people.Member, now time.Time) api.Certificate {
	c := api.Certificate{
		Issuer: e.Ref.Issuer, Serial: e.Ref.Serial, Status: string(e.Status), Expired: !now.Before(e.NotAfter), Reason: e.Reason,
		InvalidityDate: given(e.Since), StatusAt: e.StatusAt.UTC(), StatusBy: e.StatusBy, RaisedAt: given(e.RaisedAt), Identity: e.Identity.String(), Holder: e.Holder, Name: e.Name,
		Agency: members[e.Identity.ID()].Agency, Profile: string(e.Profile), Level: e.Level.String(), DNSNames: e.DNSNames,
		NotBefore: e.NotBefore.UTC(), NotAfter: e.NotAfter.UTC(), IssuedAt: e.IssuedAt.UTC(), IssuedBy: e.IssuedBy, DestroyedAt: given(e.Destroyed),
		Card: onCard(e, members),
	}
	for _, text := range []*string{&c.StatusBy, &c.IssuedBy} {
		if by, err := certs.ParseIdentity(*text); err == nil && members[by.ID()].Label != "" {
			*text = members[by.ID()].Label
		}
	}
	if e.Replaces != (certs.Ref{}) {
		c.Replaces = e.Replaces.String()
	}
	return c
}

// given returns a time in UTC, or nil for none.
func given(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	at = at.UTC()
	return &at
}
