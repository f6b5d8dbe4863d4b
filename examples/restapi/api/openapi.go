package api

import (
	"context"
	_ "embed" // the document
	"encoding/json"
)

// OpenAPI is the OpenAPI 3.1 document of the API, as GET openapi.json serves it.
//
//go:embed openapi.json
var OpenAPI []byte

func (h *Handler) getOpenAPI(context.Context, *request) (any, error) {
	return json.RawMessage(OpenAPI), nil
}
