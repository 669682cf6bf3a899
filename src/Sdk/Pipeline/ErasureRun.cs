using TelemetryKit.Context;
using TelemetryKit.Erasure;
using TelemetryKit.Options;

namespace TelemetryKit.Pipeline;

/// <summary>Sends the erasures that wait in a run that records nothing.</summary>
internal sealed class ErasureRun
{
    /// <summary>How long an exit may wait, at most once a day: 250 ms, less the time for what follows.</summary>
    private const int OnceADayMs = 220;

    private readonly Task _sending;
    private readonly int _exitTimeoutMs;
    private readonly DailyMark _waited;

    private ErasureRun(ErasureQueue erasures, DailyMark waited, OptionValues options, Host host)
    {
        _waited = waited;
        _exitTimeoutMs = erasures.FailedRecently ? 0 : (int?)options.ExitTimeout?.TotalMilliseconds ?? OnceADayMs;
        _sending = Task.Run(() => erasures.SendDue(host.Clock.UtcNow));
    }

    /// <summary>Starts to send. Returns null if nothing waits, which costs one look at the disk.</summary>
    public static ErasureRun? Start(OptionValues options, Host host, VerboseLog log)
    {
        try
        {
            if (ServicePaths.Root(options, host) is not { } root)
                return null;
            var folder = ServicePaths.Service(root, options.ServiceName);
            return new ErasureFiles(folder).AnyPending && ErasureQueue.Create(options, host, log) is { } erasures
                ? new(erasures, new(Path.Combine(folder, "erase-waited"), host.Clock), options, host)
                : null;
        }
#pragma warning disable CA1031 // Faults in custom backends and configured addresses must not end the tool.
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.Write("the erasure that waits could not be sent: " + e.GetType().Name);
            return null;
        }
    }

    /// <summary>Waits for a moment, so that the request of a short run arrives. A dead network costs it once a day.</summary>
    public void WaitAtExit()
    {
        if (_exitTimeoutMs <= 0 || _sending.IsCompleted || !_waited.IsDue)
            return;
        _waited.TrySet();
        _sending.Wait(_exitTimeoutMs);
    }
}
