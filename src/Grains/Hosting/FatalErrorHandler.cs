namespace TelemetryKit.Grains.Hosting;

/// <summary>
/// Replaces the handler of Orleans, which ends the process at once: commits that are under way must be able to complete.
/// </summary>
internal sealed class FatalErrorHandler(ISiloFaultHandler handler) : IFatalErrorHandler
{
    private int _handled;

    public bool IsUnexpected(Exception exception) => exception is not (OperationCanceledException or ThreadAbortException);

    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        if (Interlocked.Exchange(ref _handled, 1) == 0)
            handler.OnSiloFault($"{context ?? "A fault of the silo"}: {exception?.Message ?? "no details"}");
    }
}
