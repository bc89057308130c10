package api

import "time"

// The paths of agencies, their sites and networks.
const (
	PathAgencies = "/api/v1/admin/agencies" // GET; /ID
	PathSites    = "/api/v1/admin/sites"    // GET ?agency=ID; /ID
	PathNetworks = "/api/v1/admin/networks" // GET ?address=A: who is recognised from there
)

// AgencyFields are what an administrator says of an agency.
type AgencyFields struct {
	Name string `json:"name"`
	Kind string `json:"kind"` // police, health, prison, probation, or another word
	// The sponsor vouches for the agency's people and is told of each who is invited.
	SponsorName  string `json:"sponsor_name"`
	SponsorEmail string `json:"sponsor_email"`
	// Domains are those of the mail addresses that the sponsor gave: to no other goes a code.
	Domains   []string `json:"domains"`
	Passwords string   `json:"passwords"` // forbidden, limited, allowed
}

// Agency is an organisation that shares information.
type Agency struct {
	ID string `json:"id"`
	AgencyFields
	Sites   int   `json:"sites"`
	Users   int   `json:"users"` // who have not left
	Version int64 `json:"version"`
}

// Agencies are those that the caller administers, by name.
type Agencies struct {
	Agencies []Agency `json:"agencies"`
}

// SiteFields are what an administrator says of a site.
type SiteFields struct {
	Agency string `json:"agency"` // UUID; it stays
	Name   string `json:"name"`
}

// Site is a place or a system of an agency.
type Site struct {
	ID string `json:"id"`
	SiteFields
	AgencyName string     `json:"agency_name"`
	Networks   []string   `json:"networks"` // prefixes, in CIDR notation
	Users      int        `json:"users"`    // who work there
	ClosedAt   *time.Time `json:"closed_at,omitempty"`
	Version    int64      `json:"version"`
}

// Sites are those that the caller administers, by agency and name.
type Sites struct {
	Sites []Site `json:"sites"`
}

// NetworkFields are a prefix of a site.
type NetworkFields struct {
	Site   string `json:"site"`   // UUID
	Prefix string `json:"prefix"` // CIDR
}

// NetworkAnswer says whose an address is.
type NetworkAnswer struct {
	Address string         `json:"address"`
	Matches []NetworkMatch `json:"matches"` // most specific first; none: recognised nowhere
}

// NetworkMatch is a prefix that holds an address.
type NetworkMatch struct {
	Prefix string `json:"prefix"`
	Site   string `json:"site"` // UUID
	Name   string `json:"name"`
	Agency string `json:"agency"`
	Users  int    `json:"users"`
}
