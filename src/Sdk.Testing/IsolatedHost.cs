using TelemetryKit.Context;

namespace TelemetryKit.Testing;

/// <summary>A host without environment variables, home directory and terminal, so that tests do not depend on the machine.</summary>
internal sealed class IsolatedHost : Host
{
    public override TextWriter Error => TextWriter.Null;

    public override string? ReadLine(TimeSpan timeout) => null;

    public override bool IsInteractive => false;

    public override bool IsTerminal => false;

    public override bool IsContainer => false;

    public override string[] CommandLine => [];

    public override string? Home => null;

    public override string? Variable(string name) => null;
}
