using System.Text;
using TelemetryKit.Options;

namespace TelemetryKit.Context;

/// <summary>The paths of the SDK's files. Nothing is created here.</summary>
internal static class ServicePaths
{
    /// <summary>The directory from the options, or <c>~/.telemetry-kit</c>; null if there is no home directory.</summary>
    public static string? Root(OptionValues options, Host host) =>
        options.Directory ?? (host.Home is { } home ? Path.Combine(home, ".telemetry-kit") : null);

    public static string Service(string root, string serviceName) => Path.Combine(root, FileName(serviceName));

    public static string Consent(string root, string serviceName) => Path.Combine(root, FileName(serviceName) + "-consent.json");

    /// <summary>
    /// Converts a name to a file name that is valid on every system. It does not begin with a dot, which would hide the file or refer to
    /// the parent directory.
    /// </summary>
    public static string FileName(string name)
    {
        var safe = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            var isSafe = c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '-' or '_';
            safe.Append(isSafe || (c == '.' && safe.Length > 0) ? c : '-');
        }

        return safe.ToString(0, Math.Min(safe.Length, Limits.KeyLength));
    }
}
