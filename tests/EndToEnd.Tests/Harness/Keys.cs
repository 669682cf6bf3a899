namespace TelemetryKit.EndToEnd.Tests.Harness;

/// <summary>The bootstrap keys of the servers.</summary>
internal static class Keys
{
    public static readonly string Write = "tk_live_" + new string('w', 32);
    public static readonly string Read = "tk_read_" + new string('r', 32);
}
