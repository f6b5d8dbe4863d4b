package text_test

import (
	"fmt"

	"github.com/go-ctdb/go-ctdb/internal/text"
)

// Node 1 is deleted and a node is added. The comment, the blanks and the CRLF stay.
func Example() {
	src := text.NewSource("nodes", []byte("  10.0.0.1 \r\n10.0.0.2\r\n10.0.0.3"))
	var edits text.Edits
	edits.Insert(src.Line(1).Start, "#")
	edits.InsertLine(src, src.Lines(), "10.0.0.4")
	data, err := edits.Apply(src)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%q\n", data)
	fmt.Println(src.Position(src.Line(2).Start))
	// Output:
	// "  10.0.0.1 \r\n#10.0.0.2\r\n10.0.0.3\r\n10.0.0.4"
	// nodes:3:1
}
