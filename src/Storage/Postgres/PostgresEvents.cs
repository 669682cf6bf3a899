using TelemetryKit.Core;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>The stored events. Each operation has its own class; this one combines them.</summary>
internal sealed class PostgresEvents(PostgresDatabase database, TimeProvider time) : IEventStore
{
    private readonly EventPager _pager = new(database);
    private readonly EventArrivals _arrivals = new(database, time);
    private readonly EventScanner _scanner = new(database);
    private readonly EventCompactor _compactor = new(database, time);
    private readonly InstallDeletion _deletion = new(database, new EventScanner(database), time);
    private readonly KeyCleanup _keys = new(database);

    public Task<EventPage> ReadPageAsync(EventQuery query, CancellationToken cancellationToken) =>
        _pager.ReadAsync(query, cancellationToken);

    public Task<Arrivals> ReadArrivalsAsync(
        Guid projectId, DataEnvironment environment, ArrivalPosition? after, int limit, CancellationToken cancellationToken) =>
        _arrivals.ReadAsync(projectId, environment, after, limit, cancellationToken);

    public IAsyncEnumerable<EventBatch> ScanAsync(EventQuery query, CancellationToken cancellationToken) =>
        _scanner.ScanAsync(query, cancellationToken);

    public Task<long> DeleteInstallAsync(
        Guid projectId, long install, RebuildDay rebuild, DeletionRecord? record, CancellationToken cancellationToken) =>
        _deletion.DeleteAsync(projectId, install, rebuild, record, cancellationToken);

    public Task<int> CompactEventsAsync(CancellationToken cancellationToken) => _compactor.CompactAsync(cancellationToken);

    public Task<int> ForgetKeysAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        _keys.DeleteAsync(before, cancellationToken);
}
