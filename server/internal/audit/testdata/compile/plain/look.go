// Serves what is sealed as if it were the value.
package look

import (
	"fmt"

	"mais/server/internal/audit"
)

func serve(record string) { fmt.Println(record) }

func look() {
	serve(audit.Seal(audit.Event{Act: "record.show", Outcome: audit.Allowed}, "the record"))
}
