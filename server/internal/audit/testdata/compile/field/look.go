// Takes the value out of the seal by itself.
package look

import (
	"fmt"

	"mais/server/internal/audit"
)

func look() {
	sealed := audit.Seal(audit.Event{Act: "record.show", Outcome: audit.Allowed}, "the record")
	fmt.Println(sealed.value())
}
