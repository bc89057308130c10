package record

// Part says what a column of an item holds.
type Part uint8

// The parts.
const (
	PartValue Part = iota + 1
	PartField      // a field of a contact
	PartCertainty
	PartDetails
	PartOther
	PartAsAt
	PartSource
)

// Column is a column of the table of an item's section. Its name is also the heading of
// the column in an import.
type Column struct {
	Name  string
	Part  Part
	Field Field  // of PartField
	Type  string // PostgreSQL's, as its format_type prints it
}

// The types of schema record that hold a line of text, a few lines, and a day.
const (
	sqlLine = "record.line"
	sqlNote = "record.note"
	sqlDay  = "record.day"
)

var sqlTypes = map[Type]string{Text: sqlLine, Note: sqlNote, Date: sqlDay, Tri: "record.tri", Pref: "record.pref",
	Enum: "text", Set: "text[]"}

// Columns returns the columns that hold the item, its value first and its provenance last.
// They stand under one grant. A constant has none; the entries of a list are in a table of
// their own (see [Item.EntryColumns]), so that only its provenance is here. The caller must
// not change them.
func (i Item) Columns() []Column { return i.columns }

// makeColumns derives the columns, once: every cell of a load asks for them.
func (i Item) makeColumns() []Column {
	if i.Type == Constant {
		return nil
	}
	columns := i.valueColumns()
	if i.Certainty {
		columns = append(columns, Column{Name: i.Name + "_certainty", Part: PartCertainty, Type: "record.certainty"})
	}
	if i.Details != NoDetails {
		columns = append(columns, Column{Name: i.Name + "_details", Part: PartDetails, Type: sqlNote})
	}
	if i.Other {
		columns = append(columns, Column{Name: i.Name + "_other", Part: PartOther, Type: sqlLine})
	}
	return append(columns,
		Column{Name: i.Name + "_as_at", Part: PartAsAt, Type: sqlDay},
		Column{Name: i.Name + "_source", Part: PartSource, Type: sqlLine})
}

func (i Item) valueColumns() []Column {
	switch i.Type {
	case List:
		return nil
	case Contact:
		var columns []Column
		for _, f := range i.Fields {
			columns = append(columns, Column{Name: i.Name + "_" + f.Name, Part: PartField, Field: f, Type: f.sqlType()})
		}
		return columns
	}
	return []Column{{Name: i.Name, Part: PartValue, Type: sqlTypes[i.Type]}}
}

// EntryColumns returns the columns of a list's entries, in the table i.Table beside person
// and ordinal.
func (i Item) EntryColumns() []Column {
	if i.Type != List {
		return nil
	}
	var columns []Column
	for _, f := range i.Fields {
		columns = append(columns, Column{Name: f.Name, Part: PartField, Field: f, Type: f.sqlType()})
	}
	return columns
}

func (f Field) sqlType() string {
	switch {
	case f.Flag:
		return "boolean"
	case f.Values != nil:
		return "text"
	}
	return sqlLine
}
