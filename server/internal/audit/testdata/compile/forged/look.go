// Makes a receipt of its own.
package look

import (
	"fmt"

	"mais/server/internal/audit"
)

func look() {
	sealed := audit.Seal(audit.Event{Act: "record.show", Outcome: audit.Allowed}, "the record")
	value, err := sealed.Open(audit.Receipt{id: 1})
	fmt.Println(value, err)
}
