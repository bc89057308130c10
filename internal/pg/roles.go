package pg

import (
	_ "embed"
	"fmt"
	"strings"
	"text/template"

	"mais/config"
)

//go:embed roles.sql
var rolesSQL string

var rolesTemplate = template.Must(template.New("roles.sql").Parse(rolesSQL))

// RolesSQL returns the SQL that makes the owner and the login roles with these passwords and closes the database to
// everyone else. A superuser runs it, connected to the database: whoever runs the external one, or [StartCluster]. Every
// role needs a password, of printable ASCII.
func RolesSQL(passwords map[Role]config.Secret) (string, error) {
	type login struct {
		Role     Role
		Verifier string
	}
	var logins []login
	for _, role := range roles {
		v, err := scramVerifier(passwords[role])
		if err != nil {
			return "", fmt.Errorf("roles: %s: %w", role, err)
		}
		logins = append(logins, login{role, v})
	}
	var b strings.Builder
	if err := rolesTemplate.Execute(&b, logins); err != nil {
		return "", fmt.Errorf("roles: %w", err)
	}
	return b.String(), nil
}

// randomPasswords makes a password for each login role.
func randomPasswords() map[Role]config.Secret {
	passwords := map[Role]config.Secret{}
	for _, role := range roles {
		passwords[role] = config.RandomSecret()
	}
	return passwords
}
