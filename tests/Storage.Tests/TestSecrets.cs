using TelemetryKit.Core.Secrets;
using TelemetryKit.Support;

namespace TelemetryKit.Storage.Tests;

/// <summary>Secrets of servers.</summary>
internal static class TestSecrets
{
    /// <summary>The secret of all stores whose secret doesn't matter.</summary>
    public static ServerSecrets Usual { get; } = new(ServerSecret.TryParse(TestSecret.Text)!);

    public static ServerSecret New() => ServerSecret.TryParse(ServerSecret.Generate())!;
}
