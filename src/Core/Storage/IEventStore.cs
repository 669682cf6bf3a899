using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Storage;

/// <summary>Stored events: the explorer, what rollups can't answer, and deletion.</summary>
public interface IEventStore
{
    /// <summary>One page of events, newest first (by timestamp, then event id).</summary>
    Task<EventPage> ReadPageAsync(EventQuery query, CancellationToken cancellationToken);

    /// <summary>All events that match, in no particular order, in batches of bounded size. The batch that is handed out is reused: take what is needed before the next.</summary>
    IAsyncEnumerable<EventBatch> ScanAsync(EventQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes everything of one install, in both environments, in one transaction: its events, its row among the installs, and the rollups of the days it
    /// touched, which are rebuilt from the events that remain by <paramref name="rebuild"/>. A closed month it touched is open again: its rollup is gone until
    /// <see cref="IRollupStore.FoldMonthAsync"/> makes it anew. What is committed meanwhile stays. Answers how many events went.
    /// </summary>
    Task<long> DeleteInstallAsync(Guid projectId, long install, RebuildDay rebuild, CancellationToken cancellationToken);

    /// <summary>Joins small rows of events into larger ones, for projects that have any. Answers how many rows were joined; always 0 where events are stored as rows.</summary>
    Task<int> CompactEventsAsync(CancellationToken cancellationToken);

    /// <summary>Forgets batch keys received before <paramref name="before"/>. Answers how many went.</summary>
    Task<int> ForgetKeysAsync(DateTimeOffset before, CancellationToken cancellationToken);
}

/// <summary>Makes a day's rollup anew from all its events and the number of installs that are new on it.</summary>
public delegate ValueTask<byte[]> RebuildDay(IAsyncEnumerable<EventBatch> events, long newInstalls);

/// <summary>Which events. Fields that are <c>null</c> don't restrict.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="Environment">Live or test.</param>
/// <param name="From">Earliest timestamp, microseconds since 1970-01-01 UTC, inclusive.</param>
/// <param name="To">Latest timestamp, exclusive.</param>
public sealed record EventQuery(Guid ProjectId, DataEnvironment Environment, long From, long To)
{
    /// <summary>Event type.</summary>
    public string? Type { get; init; }

    /// <summary>Subjects, any of them: a renamed one has several.</summary>
    public IReadOnlyList<string>? Subjects { get; init; }

    /// <summary>The tool's version.</summary>
    public string? Version { get; init; }

    /// <summary><c>human</c>, <c>ci</c>, <c>agent</c>.</summary>
    public string? Actor { get; init; }

    /// <summary>Install hash.</summary>
    public long? Install { get; init; }

    /// <summary>Only events after this one in the order of the page; <c>null</c> for the first page.</summary>
    public EventCursor? After { get; init; }

    /// <summary>Most events of a page.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>The latest timestamp that can match, exclusive: <see cref="To"/>, or just behind <see cref="After"/> where that is earlier.</summary>
    public long Before => After is { } after && after.Timestamp < To ? after.Timestamp + 1 : To;
}

/// <summary>A place between two events of the explorer.</summary>
/// <param name="Timestamp">Microseconds since 1970-01-01 UTC of the last event seen.</param>
/// <param name="EventId">Its id.</param>
/// <param name="Seen">How many events of that very time and id were seen: ids are the senders', and nothing keeps two of them apart.</param>
public readonly record struct EventCursor(long Timestamp, Guid EventId, int Seen = 1);

/// <summary>A page of the explorer.</summary>
/// <param name="Events">The events, newest first.</param>
/// <param name="Next">Where the next page starts; <c>null</c> on the last one.</param>
public sealed record EventPage(EventBatch Events, EventCursor? Next);
