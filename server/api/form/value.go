package form

import (
	"reflect"
	"strings"

	"mais/server/api"
)

// ItemAt returns the item of a record with a key such as "physical_health.epilepsy". One that
// the record does not have is not recorded.
func ItemAt(r api.Record, key string) api.Item {
	section, name, _ := strings.Cut(key, ".")
	if item, ok := r.Sections[section][name]; ok {
		return item
	}
	return api.Item{State: api.StateNotRecorded}
}

// Text returns the value of an item that holds one text or one coded word, else "".
func Text(item api.Item) string {
	text, _ := Plain(item.Value).(string)
	return text
}

// Plain returns a value in the shapes that JSON decodes to, whichever side of the wire it
// is on: nil, a string, a []any or a map[string]any.
func Plain(value any) any {
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Slice:
		list := make([]any, v.Len())
		for n := range list {
			list[n] = Plain(v.Index(n).Interface())
		}
		return list
	case reflect.Map:
		object := make(map[string]any, v.Len())
		for _, name := range v.MapKeys() {
			object[name.String()] = Plain(v.MapIndex(name).Interface())
		}
		return object
	}
	return value
}
