package authn

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"
)

// A device that somebody has signed in with carries a cookie that says so, for their name alone
// (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). Wrong tries that others make
// in the holder's name are counted elsewhere, and cannot keep the holder's device out. It proves
// nothing else: whoever steals it still needs the password. At a shared screen each holder has a
// cookie of their own, of a name that says nothing to who reads it.
const (
	deviceCookie = "__Host-mais-device-"
	deviceTag    = 4 // bytes of the cookie's name
	deviceNonce  = 16
	deviceBytes  = deviceNonce + 8 + 32
	maxDevices   = 16 // holders of one browser
)

// device is a cookie that fits the name it came with.
type device struct {
	nonce []byte
	since time.Time
}

// deviceCookieOf is the name of the cookie for the holder of a name. Two may share one; then the last
// that signed in has it.
func (p *passwords) deviceCookieOf(name []byte) string {
	return deviceCookie + hex.EncodeToString(keyed(p.keys.device, "cookie", string(name))[:deviceTag])
}

// newDevice returns the cookie of a device that its holder has just signed in with, and those that
// take the oldest of others' away where there are too many.
func (p *passwords) newDevice(r *http.Request, name []byte) []*http.Cookie {
	raw := make([]byte, deviceNonce, deviceBytes)
	rand.Read(raw) // never fails: crypto/rand
	raw = binary.BigEndian.AppendUint64(raw, uint64(p.now().UnixMilli()))
	raw = append(raw, keyed(p.keys.device, string(name), string(raw))...)
	own := p.deviceCookieOf(name)
	cookies := []*http.Cookie{namedCookie(own, base64.RawURLEncoding.EncodeToString(raw), int(deviceLife/time.Second))}
	for _, old := range spareDevices(r, own) {
		cookies = append(cookies, namedCookie(old, "", -1))
	}
	return cookies
}

// spareDevices are the names of the cookies of others for which there is no room beside own, the
// oldest. That they are what they say is for their holders to find out.
func spareDevices(r *http.Request, own string) (names []string) {
	since := map[string]time.Time{}
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, deviceCookie) && c.Name != own {
			raw, _ := readDevice(c.Value)
			since[c.Name] = sinceOf(raw)
			names = append(names, c.Name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return since[b].Compare(since[a]) })
	names = slices.Compact(names)
	return names[min(len(names), maxDevices-1):]
}

func readDevice(value string) ([]byte, bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(value)
	return raw, err == nil && len(raw) == deviceBytes
}

// sinceOf is when a cookie says that it was made; long ago for what is none.
func sinceOf(raw []byte) time.Time {
	if len(raw) != deviceBytes {
		return time.Time{}
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64(raw[deviceNonce:])))
}

// deviceOf returns the device that a request comes from, if it is one of this name's.
func (p *passwords) deviceOf(r *http.Request, name []byte) (device, bool) {
	for _, c := range r.CookiesNamed(p.deviceCookieOf(name)) {
		raw, ok := readDevice(c.Value)
		if !ok {
			continue
		}
		said, mac := raw[:deviceNonce+8], raw[deviceNonce+8:]
		since := sinceOf(raw)
		if hmac.Equal(mac, keyed(p.keys.device, string(name), string(said))) && p.now().Sub(since) < deviceLife {
			return device{nonce: bytes.Clone(said[:deviceNonce]), since: since}, true
		}
	}
	return device{}, false
}

// KnowsDevice reports whether a request comes from a device that the user with a mail address has
// signed in with. Such a request has limits of its own.
func (s *Service) KnowsDevice(r *http.Request, email string) bool {
	if s.passwords == nil {
		return false
	}
	_, ok := s.passwords.deviceOf(r, s.passwords.nameOf(foldAddress(email)))
	return ok
}
