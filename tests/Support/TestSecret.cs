namespace TelemetryKit.Support;

/// <summary>The secret of the servers of tests and benches, which protects nothing.</summary>
public static class TestSecret
{
    /// <summary>The value of <c>TELEMETRYKIT_SECRET</c>.</summary>
    public const string Text = "tests-and-benches-only-0123456789-abcdefghijklmnopq";
}
