namespace TelemetryKit.EndToEnd.Tests.Harness;

/// <summary>A temporary folder. Disposing deletes it.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("telemetrykit-e2e-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
