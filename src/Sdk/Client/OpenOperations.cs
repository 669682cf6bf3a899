namespace TelemetryKit.Client;

/// <summary>
/// The operations of a client that are in progress, so that none is lost if the process ends. A list through the operations themselves,
/// because starting one must not allocate more than the operation. Thread-safe.
/// </summary>
internal sealed class OpenOperations
{
    private readonly object _gate = new();
    private TelemetryOperation? _newest;

    public void Add(TelemetryOperation operation)
    {
        lock (_gate)
        {
            operation.Older = _newest;
            if (_newest is not null)
                _newest.Newer = operation;
            _newest = operation;
        }
    }

    public void Remove(TelemetryOperation operation)
    {
        lock (_gate)
        {
            if (operation.Newer is not null)
                operation.Newer.Older = operation.Older;
            else if (_newest == operation)
                _newest = operation.Older;
            if (operation.Older is not null)
                operation.Older.Newer = operation.Newer;
            operation.Newer = operation.Older = null;
        }
    }

    /// <summary>Ends all operations, the newest first. <paramref name="end"/> sets the outcome of those that have none.</summary>
    public void EndAll(Action<TelemetryOperation>? end)
    {
        while (Newest() is { } operation)
        {
            if (!operation.HasOutcome)
                end?.Invoke(operation);
            operation.Dispose();
            // Another thread may have disposed it and not yet removed it.
            Remove(operation);
        }
    }

    private TelemetryOperation? Newest()
    {
        lock (_gate)
            return _newest;
    }
}
