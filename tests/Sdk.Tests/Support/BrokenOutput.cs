using System.Text;

namespace TelemetryKit.Sdk.Tests.Support;

/// <summary>An output that cannot be written, as a closed one or one on a full disk.</summary>
internal sealed class BrokenOutput(Exception fault) : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => throw fault;
}
