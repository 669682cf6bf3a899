using System.Text;

namespace TelemetryKit.Api.Tests.Server;

/// <summary>Records the console output of the server. It is thread-safe, so tests can read it while the server writes.</summary>
public sealed class ConsoleRecorder : StringWriter
{
    private readonly Lock _lock = new();

    public override void Write(char value)
    {
        lock (_lock)
            base.Write(value);
    }

    public override void Write(string? value)
    {
        lock (_lock)
            base.Write(value);
    }

    public override void Write(StringBuilder? value)
    {
        lock (_lock)
            base.Write(value);
    }

    public override Task WriteAsync(StringBuilder? value, CancellationToken cancellationToken = default)
    {
        Write(value);
        return Task.CompletedTask;
    }

    public override string ToString()
    {
        lock (_lock)
            return base.ToString();
    }
}
