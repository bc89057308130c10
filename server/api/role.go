package api

// The paths of roles.
const (
	PathRoles = "/api/v1/admin/roles" // GET; /NAME
	PathItems = "/api/v1/admin/items" // GET: the data dictionary, without a value of anybody's
)

// RoleFields are what an administrator says of a role.
type RoleFields struct {
	Name        string       `json:"name"`
	Description string       `json:"description"`
	Level       string       `json:"level"`     // of token that it demands: software, card, attested
	Passwords   string       `json:"passwords"` // forbidden, limited, allowed
	TOTP        bool         `json:"totp"`      // a password of its holders needs a second factor
	Permissions []Permission `json:"permissions"`
}

// Permission lets a role do an act to an item. In a request a section stands for all its items.
type Permission struct {
	Item string `json:"item"` // "section.item", or "section"
	Act  string `json:"act"`  // read, create, update, emergency
}

// Role is a role.
type Role struct {
	RoleFields
	// Office: it administers or reviews, and reads no record, whoever wishes.
	Office  bool  `json:"office"`
	BuiltIn bool  `json:"built_in"` // cannot be deleted
	Holders int   `json:"holders"`
	Version int64 `json:"version"`
}

// Roles are all roles, by name.
type Roles struct {
	Roles []Role `json:"roles"`
}

// Items is the data dictionary as the matrix of permissions shows it.
type Items struct {
	Sections []ItemSection `json:"sections"`
}

// ItemSection is a section with its items.
type ItemSection struct {
	Key   string      `json:"key"`
	Label string      `json:"label"`
	Items []ItemEntry `json:"items"`
}

// ItemEntry is an item.
type ItemEntry struct {
	Key      string `json:"key"` // "section.item"
	Label    string `json:"label"`
	Audience string `json:"audience"` // restricted, full
}
