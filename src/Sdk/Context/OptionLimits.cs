namespace TelemetryKit.Context;

/// <summary>Puts options back into their ranges. A mistake in an option must not stop a tool, nor make its telemetry harmful.</summary>
internal static class OptionLimits
{
    public static void Apply(TelemetryOptions options)
    {
        options.ServiceName = (options.ServiceName ?? "").Trim();
        options.BatchEvents = Between(options.BatchEvents, 1, Limits.BatchEvents);
        options.BatchBytes = Between(options.BatchBytes, 1024, 4 * 1024 * 1024);
        options.Interval = Between(options.Interval, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(7));
        options.Timeout = Between(options.Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        options.RetryMinDelay = Between(options.RetryMinDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));
        options.RetryMaxDelay = Between(options.RetryMaxDelay, options.RetryMinDelay, TimeSpan.FromDays(1));
        options.CompressAbove = Math.Max(options.CompressAbove, 0);
        options.QueueEvents = Between(options.QueueEvents, 100, 1_000_000);
        options.QueueBytes = Math.Min(Math.Max(options.QueueBytes, 64 * 1024), 1_000_000_000);
    }

    private static int Between(int value, int min, int max) => Math.Min(Math.Max(value, min), max);

    private static TimeSpan Between(TimeSpan value, TimeSpan min, TimeSpan max) => value < min ? min : value > max ? max : value;
}
