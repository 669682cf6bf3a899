namespace TelemetryKit.Grains.Hosting;

/// <summary>The clock of the product, for grains. Orleans measures its own time-outs with the clock of the machine.</summary>
internal sealed class ProductClock(TimeProvider time)
{
    /// <summary>The current time, UTC.</summary>
    public DateTimeOffset Now => time.GetUtcNow();
}
