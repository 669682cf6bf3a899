namespace TelemetryKit.EndToEnd.Tests.Harness;

/// <summary>A folder that is gone with its test.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("telemetrykit-e2e-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
