using System.Text;

namespace TelemetryKit.Client;

/// <summary>
/// The output of the telemetry command. If it is closed or its disk is full, the command goes on: a decision must not depend on it.
/// </summary>
internal sealed class CommandOutput(TextWriter output) : TextWriter
{
    /// <summary>Whether something could not be written.</summary>
    public bool HasFailed { get; private set; }

    public override Encoding Encoding => output.Encoding;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(string? value)
    {
        try
        {
            output.Write(value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            HasFailed = true;
        }
    }

    public override void WriteLine(string? value) => Write(value + output.NewLine);
}
