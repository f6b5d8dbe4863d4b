package ctdb

import (
	"context"

	"github.com/go-ctdb/go-ctdb/internal/wire"
	"github.com/go-ctdb/go-ctdb/status"
)

func (a asker) statistics(ctx context.Context) (*status.Statistics, error) {
	s, err := one(ctx, a, wire.GetStatistics(), wire.DecodeStatistics)
	if err == nil {
		s.Form = status.FormSocket
	}
	return s, err
}

// statisticsHistory gives as many periods as there are to be, or all if that is not positive.
func statisticsHistory(most int) func(asker, context.Context) (*status.StatisticsHistory, error) {
	return func(a asker, ctx context.Context) (*status.StatisticsHistory, error) {
		h, err := one(ctx, a, wire.GetStatisticsHistory(), wire.DecodeStatisticsHistory)
		if err != nil {
			return nil, err
		}
		h.Form = status.FormSocket
		if most > 0 && len(h.Records) > most {
			h.Records = h.Records[:most]
		}
		for i := range h.Records {
			h.Records[i].Form = status.FormSocket
		}
		return h, nil
	}
}
