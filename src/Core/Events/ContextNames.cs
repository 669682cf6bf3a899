namespace TelemetryKit.Core.Events;

/// <summary>
/// Names of operating systems, architectures and runtimes, which clients write in different case: <c>Linux</c> and <c>linux</c> are one
/// system. They are stored in lower case, and names that were stored before are read in lower case.
/// </summary>
internal static class ContextNames
{
    /// <summary>Whether names under a key of the context are compared without case.</summary>
    public static bool IgnoreCase(string? key) => key is "os" or "arch" or "runtime";

    /// <summary>Returns the name in lower case. It is the same instance if it already was.</summary>
#pragma warning disable CA1308 // Lower case is what the SDKs send, and what is displayed.
    public static string Normalised(string name) => name.ToLowerInvariant();
#pragma warning restore CA1308
}
