using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Storage;

/// <summary>Stored events: for the explorer, for statistics that rollups don't contain, and for deletion.</summary>
public interface IEventStore
{
    /// <summary>Reads one page of events, newest first (by timestamp, then event id).</summary>
    Task<EventPage> ReadPageAsync(EventQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the events that have been committed since a former read, by any process and with any timestamp, each once. Without a former
    /// read, it returns events that arrived recently.
    /// </summary>
    /// <param name="projectId">The project.</param>
    /// <param name="environment">Live or test.</param>
    /// <param name="after">The position that the former read returned, or <c>null</c>.</param>
    /// <param name="limit">The maximum number of events; if there are more, the last ones are returned and the others are skipped.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    Task<Arrivals> ReadArrivalsAsync(
        Guid projectId, DataEnvironment environment, ArrivalPosition? after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Reads all events that match, in no particular order, in batches of bounded size. The returned batch is reused: its content is valid
    /// only until the next element is requested.
    /// </summary>
    IAsyncEnumerable<EventBatch> ScanAsync(EventQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes all data of one install, in both environments, in one transaction: its events and its row of <c>installs</c>. The rollups of
    /// the affected days are rebuilt from the remaining events by <paramref name="rebuild"/>. The rollups of affected closed months are
    /// deleted and created again by <see cref="IRollupStore.FoldMonthAsync"/>. Data that is committed concurrently is kept. Returns the
    /// number of deleted events.
    /// </summary>
    /// <param name="projectId">The project.</param>
    /// <param name="install">The keyed hash of the install; not 0.</param>
    /// <param name="rebuild">Creates the rollup of a day from the remaining events.</param>
    /// <param name="record">What is recorded of the deletion in the same transaction, or <c>null</c>.</param>
    /// <param name="cancellationToken">Cancels the deletion; then nothing is deleted.</param>
    Task<long> DeleteInstallAsync(
        Guid projectId, long install, RebuildDay rebuild, DeletionRecord? record, CancellationToken cancellationToken);

    /// <summary>
    /// Merges small rows of events into larger ones, except for rows of the last minutes, which <see cref="ReadArrivalsAsync"/> reads.
    /// Returns the number of merged rows, which is always 0 if each event is stored as a row.
    /// </summary>
    Task<int> CompactEventsAsync(CancellationToken cancellationToken);

    /// <summary>Deletes the batch keys received before <paramref name="before"/>. Returns the number of deleted keys.</summary>
    Task<int> ForgetKeysAsync(DateTimeOffset before, CancellationToken cancellationToken);
}

/// <summary>Creates the rollup of a day from all its events and the number of installs that are new on it.</summary>
public delegate ValueTask<byte[]> RebuildDay(IAsyncEnumerable<EventBatch> events, long newInstalls);

/// <summary>What is recorded of the deletion of an install.</summary>
/// <param name="Line">The line for the audit log of the project's tenant. It must not contain the id.</param>
/// <param name="ErasureId">The erasure of <see cref="Accounts.IErasures"/> that the deletion completes, or <c>null</c>.</param>
public sealed record DeletionRecord(AuditLine Line, Guid? ErasureId = null);

/// <summary>Selects events. Properties that are <c>null</c> don't restrict the result.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="Environment">Live or test.</param>
/// <param name="From">Earliest timestamp, microseconds since 1970-01-01 UTC, inclusive.</param>
/// <param name="To">Latest timestamp, exclusive.</param>
public sealed record EventQuery(Guid ProjectId, DataEnvironment Environment, long From, long To)
{
    /// <summary>The event type.</summary>
    public string? Type { get; init; }

    /// <summary>
    /// The subjects, of which an event must have one. A renamed subject has several names. <see cref="NoValue.Name"/> also selects the
    /// events without one.
    /// </summary>
    public IReadOnlyList<string>? Subjects { get; init; }

    /// <summary>The version of the tool; <see cref="NoValue.Name"/> also selects the events without one.</summary>
    public string? Version { get; init; }

    /// <summary>
    /// The actor: <c>human</c>, <c>ci</c> or <c>agent</c>; <see cref="NoValue.Name"/> also selects the events without one.
    /// </summary>
    public string? Actor { get; init; }

    /// <summary>The hash of the install.</summary>
    public long? Install { get; init; }

    /// <summary>The parts of an event that a scan reads. The others have their default values.</summary>
    public EventParts Parts { get; init; } = EventParts.All;

    /// <summary>The cursor after which the page starts, in the order of the page, or <c>null</c> for the first page.</summary>
    public EventCursor? After { get; init; }

    /// <summary>The maximum number of events of a page.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>Selects the events of UTC days.</summary>
    /// <param name="projectId">The project.</param>
    /// <param name="environment">Live or test.</param>
    /// <param name="from">The first day, inclusive.</param>
    /// <param name="to">The last day, inclusive.</param>
    public static EventQuery OfDays(Guid projectId, DataEnvironment environment, DateOnly from, DateOnly to) =>
        new(projectId, environment, StartOf(from), StartOf(to.AddDays(1)));

    /// <summary>
    /// The latest timestamp that can match, exclusive: <see cref="To"/>, or 1 µs after <see cref="After"/> if that is earlier.
    /// </summary>
    public long Before => After is { } after && after.Timestamp < To ? after.Timestamp + 1 : To;

    private static long StartOf(DateOnly day) =>
        (day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber) * TimeSpan.MicrosecondsPerDay;
}

/// <summary>
/// Parts of events that a scan can leave out, because reading them takes most of its time. The others are always read: time, type,
/// install, success and duration.
/// </summary>
[Flags]
public enum EventParts
{
    /// <summary>None of the parts.</summary>
    None = 0,

    /// <summary>The id of the event and the session.</summary>
    Ids = 1,

    /// <summary>The context.</summary>
    Context = 2,

    /// <summary>The metadata.</summary>
    Metadata = 4,

    /// <summary>The counted values of the metadata. Requires <see cref="Metadata"/>.</summary>
    Values = 8,

    /// <summary>The subject.</summary>
    Subject = 16,

    /// <summary>The version of the tool.</summary>
    Version = 32,

    /// <summary>All parts.</summary>
    All = Ids | Context | Metadata | Values | Subject | Version,
}

/// <summary>A position between two events of the explorer.</summary>
/// <param name="Timestamp">Timestamp of the last event of the page, in microseconds since 1970-01-01 UTC.</param>
/// <param name="EventId">Its id.</param>
/// <param name="Seen">
/// The number of events with this timestamp and id on the pages so far. Ids are set by the senders and aren't necessarily unique.
/// </param>
public readonly record struct EventCursor(long Timestamp, Guid EventId, int Seen = 1)
{
    /// <summary>Returns the position after the next event: events with the same time and id are numbered.</summary>
    public static EventCursor Following(EventCursor? latest, long timestamp, Guid eventId) =>
        latest is { } before && before.Timestamp == timestamp && before.EventId == eventId
            ? before with { Seen = before.Seen + 1 }
            : new(timestamp, eventId);
}

/// <summary>A page of the explorer.</summary>
/// <param name="Events">The events, newest first.</param>
/// <param name="Next">The start of the next page, or <c>null</c> if this is the last one.</param>
public sealed record EventPage(EventBatch Events, EventCursor? Next);
