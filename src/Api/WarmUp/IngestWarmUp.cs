using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.WarmUp;

/// <summary>
/// Lets the runtime compile the code of ingest before the server is ready: otherwise a fresh process accepts events at a fraction of its
/// rate for several seconds.
/// </summary>
internal sealed partial class IngestWarmUp(ICommitStore store, TimeProvider time, ILogger<IngestWarmUp> log)
{
    /// <summary>The start doesn't wait longer than this, even if the store hangs.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1.5);

    /// <summary>Runs the warm-up. A failure is logged and otherwise ignored.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            // On another thread, because a driver may block.
            var rehearsal = Task.Run(() => Rehearsal.RunAsync(store.Rehearsal, time, cancellationToken), cancellationToken);
            await rehearsal.WaitAsync(Timeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            LogSlow(log);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(log, e);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The warm-up failed, because it took too long. The server works, but is slower in the first seconds after its start")]
    private static partial void LogSlow(ILogger log);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "The warm-up failed. The server works, but is slower in the first seconds after its start")]
    private static partial void LogFailed(ILogger log, Exception fault);
}
