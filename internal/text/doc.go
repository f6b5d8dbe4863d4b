// Package text is what lossless edits of text files stand on: source bytes, an index of their lines, and replacements
// of byte ranges.
//
// A [Source] is the text of a file as it was read. A [Span] is a range of its bytes, and a [Position] is the place that
// a message names. [Edits] collects replacements of spans and applies all of them in one pass, so that the bytes that
// nobody edited come out as they went in, whatever they are.
//
// A line ends with "\n" or "\r\n"; the last one may lack its ending. A "\r" anywhere else is a byte of its line. New
// lines get the ending that most lines of the file have.
//
// Nothing here does I/O, and nothing here knows what the text means.
package text
