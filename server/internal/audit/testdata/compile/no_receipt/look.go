// Opens without a receipt.
package look

import (
	"fmt"

	"mais/server/internal/audit"
)

func look() {
	sealed := audit.Seal(audit.Event{Act: "record.show", Outcome: audit.Allowed}, "the record")
	value, err := sealed.Open()
	fmt.Println(value, err)
}
