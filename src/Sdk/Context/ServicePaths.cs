using System.Text;
using TelemetryKit.Options;

namespace TelemetryKit.Context;

/// <summary>Where the SDK keeps its files.</summary>
internal static class ServicePaths
{
    /// <summary><c>~/.telemetry-kit</c>, or what the options say; null where there is no home. Touches nothing.</summary>
    public static string? Root(OptionValues options, Host host) =>
        options.Directory ?? (host.Home is { } home ? Path.Combine(home, ".telemetry-kit") : null);

    public static string Service(string root, string serviceName) => Path.Combine(root, FileName(serviceName));

    public static string Consent(string root, string serviceName) => Path.Combine(root, FileName(serviceName) + "-consent.json");

    /// <summary>A name as a file may be called on any system; a dot at its front would hide it or climb out of the folder.</summary>
    public static string FileName(string name)
    {
        var safe = new StringBuilder(name.Length);
        foreach (var c in name)
            safe.Append(c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '-' or '_' || (c == '.' && safe.Length > 0) ? c : '-');
        return safe.ToString(0, Math.Min(safe.Length, Limits.KeyLength));
    }
}
