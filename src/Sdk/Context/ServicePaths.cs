using System.Globalization;
using System.Text;
using TelemetryKit.Options;
using TelemetryKit.Queue;

namespace TelemetryKit.Context;

/// <summary>The paths of the SDK's files. Nothing is created here.</summary>
internal static class ServicePaths
{
    private const int PrefixLength = 32;

    /// <summary>
    /// The directory from the options, <c>telemetry-kit</c> in the one that the XDG specification names, or <c>~/.telemetry-kit</c>; null
    /// if there is no home directory, or if the service has no name.
    /// </summary>
    public static string? Root(OptionValues options, Host host) =>
        options.ServiceName.Length == 0 ? null
        : options.Directory
        ?? InXdg(host, "XDG_STATE_HOME")
        ?? InXdg(host, "XDG_DATA_HOME")
        ?? (host.Home is { } home ? Path.Combine(home, ".telemetry-kit") : null);

    /// <summary>
    /// Returns the other directories in which earlier runs, without the variables that this one has, may have stored a decision. Usually
    /// none.
    /// </summary>
    public static string[] Others(OptionValues options, Host host)
    {
        if (options.Directory is not null)
            return [];
        var state = InXdg(host, "XDG_STATE_HOME");
        var data = InXdg(host, "XDG_DATA_HOME");
        if (state is null && data is null)
            return [];
        string[] home = host.Home is { } folder ? [Path.Combine(folder, ".telemetry-kit")] : [];
        return state is not null && data is not null ? [data, .. home] : home;
    }

    public static string Service(string root, string serviceName) => Path.Combine(root, FileName(serviceName));

    public static string Consent(string root, string serviceName) => Path.Combine(root, FileName(serviceName) + "-consent.json");

    /// <summary>
    /// Converts a name to a file name that is valid on every system and belongs to this name only, also where case does not count: a
    /// readable beginning, and a hash of the whole name.
    /// </summary>
    public static string FileName(string name)
    {
        var safe = new StringBuilder(PrefixLength + 17);
        var bytes = new byte[2 * name.Length];
        for (var i = 0; i < name.Length; i++)
        {
            bytes[2 * i] = (byte)(name[i] >> 8);
            bytes[(2 * i) + 1] = (byte)name[i];
            if (safe.Length < PrefixLength && Safe(name[i]) is var c && (c != '-' || safe.Length > 0))
                safe.Append(c);
        }

        return safe.Append(safe.Length == 0 ? "x-" : "-")
            .Append(Checksum.Of(bytes, 0, bytes.Length).ToString("x16", CultureInfo.InvariantCulture)).ToString();
    }

    private static char Safe(char c) => c switch
    {
        (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_' => c,
        >= 'A' and <= 'Z' => (char)(c + ('a' - 'A')),
        _ => '-',
    };

    /// <summary>Returns a directory of the XDG specification, according to which relative paths are to be ignored.</summary>
    private static string? InXdg(Host host, string variable) =>
        Path.DirectorySeparatorChar == '/' && host.Variable(variable) is { Length: > 1 } path && path[0] == '/'
            ? Path.Combine(path, "telemetry-kit")
            : null;
}
