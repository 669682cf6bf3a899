using TelemetryKit.Platform;

namespace TelemetryKit.Sdk.Tests.Support;

/// <summary>The SDK's clock on a <see cref="TimeProvider"/>, such as the fake one.</summary>
internal sealed class TestClock(TimeProvider time) : Clock
{
    public override DateTimeOffset UtcNow => time.GetUtcNow();
}
