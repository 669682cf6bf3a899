using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Stats;

/// <summary>Reads pages of the events that pass the filters of a question, also those that a store can't evaluate.</summary>
public static class EventPages
{
    /// <summary>Returns the query for the events of a question, restricted as far as a store can.</summary>
    public static EventQuery QueryOf(StatsQuery query, Guid projectId)
    {
        ArgumentNullException.ThrowIfNull(query);
        return EventQuery.OfDays(projectId, query.Environment, query.From, query.To) with
        {
            Type = query.Type,
            Subjects = query.SubjectNames(),
            Version = query.SelectsVersionGroup ? null : query.Version,
            Actor = query.Actor,
        };
    }

    /// <summary>
    /// Reads one page, newest first. If few events pass, the page ends after <see cref="Limits.SearchedEvents"/> with fewer events than
    /// its limit, possibly none; <see cref="SelectedPage.Next"/> is <c>null</c> only if there are no more.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="query">The events, as by <see cref="QueryOf"/>.</param>
    /// <param name="filter">The question.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public static async Task<SelectedPage> ReadPageAsync(
        this IEventStore store, EventQuery query, StatsQuery filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(filter);
        var isDoneByStore = filter.Filters.Count == 0 && !filter.SelectsVersionGroup;
        var predicate = isDoneByStore ? null : filter.Predicate();
        var (found, cursors) = (new EventBatch(), new List<EventCursor>());
        var (latest, searched) = (query.After, 0);
        while (true)
        {
            var pageSize = predicate is null ? query.Limit : Limits.PageSize;
            var page = await store.ReadPageAsync(query with { After = latest, Limit = pageSize }, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < page.Events.Count; i++)
            {
                latest = EventCursor.Following(latest, page.Events.Timestamp[i], page.Events.EventId[i]);
                if (predicate?.Passes(page.Events, i) == false)
                    continue;
                if (found.Count == query.Limit)
                    return new(found, cursors, cursors[^1]);
                found.CopyFrom(page.Events, i);
                cursors.Add(latest.Value);
            }

            searched += page.Events.Count;
            if (page.Next is null || predicate is null || searched >= Limits.SearchedEvents)
                return new(found, cursors, page.Next);
        }
    }
}

/// <summary>A page of events that pass filters.</summary>
/// <param name="Events">The events, newest first.</param>
/// <param name="Cursors">The position after each event.</param>
/// <param name="Next">The start of the next page, or <c>null</c> if this is the last one.</param>
public sealed record SelectedPage(EventBatch Events, IReadOnlyList<EventCursor> Cursors, EventCursor? Next);
