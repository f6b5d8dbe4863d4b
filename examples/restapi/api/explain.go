package api

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"strconv"
	"syscall"

	"github.com/go-ctdb/go-ctdb/ctdb"
	"github.com/go-ctdb/go-ctdb/eventscript"
	"github.com/go-ctdb/go-ctdb/nodes"
)

// explanation is what an error of this module means to a client.
type explanation struct {
	err    error
	status int
	code   Code
}

// explanations are looked up in this order. Several can hold at once.
var explanations = []explanation{
	{ctdb.ErrToolMissing, http.StatusServiceUnavailable, CodeToolMissing},
	{ctdb.ErrPermission, http.StatusServiceUnavailable, CodePermission},
	{ctdb.ErrNotRunning, http.StatusServiceUnavailable, CodeNotRunning},
	{ctdb.ErrBadConfig, http.StatusServiceUnavailable, CodeBadConfig},
	{ctdb.ErrNotReady, http.StatusServiceUnavailable, CodeNotReady},
	{ctdb.ErrAllBanned, http.StatusServiceUnavailable, CodeAllBanned},
	{ctdb.ErrRecovering, http.StatusServiceUnavailable, CodeRecovering},
	{ctdb.ErrTakingOver, http.StatusServiceUnavailable, CodeRecovering},
	{ctdb.ErrNodesFile, http.StatusConflict, CodeReload},
	{ctdb.ErrTakeover, http.StatusBadGateway, CodePartial},
	{ctdb.ErrTimeout, http.StatusGatewayTimeout, CodeNoAnswer},

	{ctdb.ErrNotMounted, http.StatusConflict, CodeNotMounted},
	{ctdb.ErrEscapes, http.StatusConflict, CodeNotShared},
	{ctdb.ErrInTheWay, http.StatusConflict, CodeInTheWay},

	{eventscript.ErrNoSuchService, http.StatusNotFound, CodeNoScript},
	{eventscript.ErrName, http.StatusNotFound, CodeNoScript},
	{eventscript.ErrNoSuchScript, http.StatusNotFound, CodeNoScript},
	{eventscript.ErrDangling, http.StatusConflict, CodeBadScript},
	{eventscript.ErrNotExecutable, http.StatusConflict, CodeBadScript},
	{eventscript.ErrNotFile, http.StatusConflict, CodeBadScript},
	{eventscript.ErrNotEnabled, http.StatusConflict, CodeBadScript},
	{eventscript.ErrStillEnabled, http.StatusConflict, CodeBadScript},

	{nodes.ErrNotDurable, http.StatusInternalServerError, CodeNotDurable},
	{nodes.ErrConflict, http.StatusConflict, CodeConflict},
	{syscall.ENOSPC, http.StatusInsufficientStorage, CodeDiskFull},
	{syscall.EDQUOT, http.StatusInsufficientStorage, CodeDiskFull},
}

// explain gives what an error means to a client.
func explain(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	e := &Error{status: http.StatusInternalServerError, Code: CodeInternal, Message: err.Error(), err: err}
	for _, x := range explanations {
		if errors.Is(err, x.err) {
			e.Reasons = append(e.Reasons, x.code)
			if len(e.Reasons) == 1 {
				e.status, e.Code = x.status, x.code
			}
		}
	}
	if len(e.Reasons) == 0 {
		e.status, e.Code = others(err)
	}
	if len(e.Reasons) == 1 {
		e.Reasons = nil
	}
	e.Written = errors.Is(err, nodes.ErrNotDurable)
	if displaced, ok := errors.AsType[*nodes.DisplacedError](err); ok {
		e.Written = displaced.Written
	}
	if partial, ok := errors.AsType[*ctdb.PartialError](err); ok {
		e.status, e.Code = http.StatusBadGateway, CodePartial
		for _, pnn := range partial.Nodes {
			e.Nodes = append(e.Nodes, number(pnn))
		}
	}
	return e
}

// others tells failures of the tool and of the file system from those of this program.
func others(err error) (status int, code Code) {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return http.StatusGatewayTimeout, CodeTimeout // nobody reads the second, unless the server ends
	}
	if _, ok := errors.AsType[*ctdb.CommandError](err); ok {
		return http.StatusBadGateway, CodeTool
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return http.StatusInternalServerError, CodeFile
	}
	return http.StatusInternalServerError, CodeInternal
}

// number gives a number as this API has them, as text.
func number[T ~int | ~uint32](n T) string { return strconv.FormatInt(int64(n), 10) }
